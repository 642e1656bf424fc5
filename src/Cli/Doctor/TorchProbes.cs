using TorchSharp;

namespace Rearm.Streaming.Cli.Doctor;

/// <summary>What the Trainer needs, and what makes it faster.</summary>
internal static class TorchProbes
{
    public static IEnumerable<Probe> All() =>
    [
        new("libtorch", "it comes with the build; docs/decisions/0005-torchsharp.md says for which systems", () => Finding.Good($"{torch.__version__}, {torch.get_num_threads()} threads")),
        new("CUDA", "dotnet build -p:TorchPackage=TorchSharp-cuda-linux", Cuda),
    ];

    private static Finding Cuda() => torch.cuda.is_available()
        ? Finding.Good($"{torch.cuda.device_count()} device(s): training uses the GPU unless told otherwise")
        : Finding.Optional("no device, or a libtorch without CUDA: training runs on the CPU", "for a GPU: dotnet build -p:TorchPackage=TorchSharp-cuda-linux");
}
