using Rearm.Streaming.Trainer.Kernels;
using TorchSharp;

namespace Rearm.Streaming.Cli.Doctor;

/// <summary>What the Trainer needs, and what makes it faster.</summary>
internal static class TorchProbes
{
    private const string Remedy = "eng/setup.sh";

    public static IEnumerable<Probe> All() =>
    [
        // The error of a missing library already says what to install.
        new("libtorch", "", () => Finding.Good($"{torch.__version__}, {torch.get_num_threads()} threads")),
        new("CUDA", Remedy, () => IfThereIsLibtorch(Cuda)),
        new("fused kernels", Remedy, () => IfThereIsLibtorch(Kernels)),
    ];

    private static Finding Cuda() => torch.cuda.is_available()
        ? Finding.Good($"{torch.cuda.device_count()} device(s): training uses the GPU unless told otherwise")
        : Finding.Optional("no device, or a libtorch without CUDA: training runs on the CPU", "LIBTORCH=<folder of a libtorch with CUDA> eng/setup.sh");

    private static Finding Kernels() => KernelLibrary.IsAvailable
        ? Finding.Good("loaded")
        : Finding.Optional("not found: plain operators do the same, slower", Remedy);

    private static Finding IfThereIsLibtorch(Func<Finding> look)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            return Finding.Optional("unknown without libtorch", Remedy);
        }
    }
}
