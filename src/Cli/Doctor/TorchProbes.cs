using TorchSharp;

namespace Rearm.Streaming.Cli.Doctor;

/// <summary>What the Trainer computes with.</summary>
internal static class TorchProbes
{
    private const string Remedy = "build with TorchPackage=TorchSharp-cuda-linux (or TorchSharp-cuda-windows) in the environment";

    public static IEnumerable<Probe> All() =>
    [
        new("libtorch", "it comes with the build, for Linux x64, macOS arm64 and Windows x64; see docs/decisions/0005-torchsharp.md", () => Finding.Good($"{torch.__version__} from the package, {torch.get_num_threads()} threads")),
        new("CUDA", Remedy, Cuda),
    ];

    private static Finding Cuda() => torch.cuda.is_available()
        ? Finding.Good($"{torch.cuda.device_count()} device(s): training uses the first one unless told otherwise")
        : Finding.Optional("no device, or a build without CUDA: training runs on the CPU", $"for an NVIDIA GPU, {Remedy}");
}
