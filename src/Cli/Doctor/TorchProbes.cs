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
        new("CUDA", Remedy, Cuda),
    ];

    private static Finding Cuda()
    {
        try
        {
            return torch.cuda.is_available()
                ? Finding.Good($"{torch.cuda.device_count()} device(s): training uses the GPU unless told otherwise")
                : Finding.Optional("no CUDA device, or a libtorch without CUDA: training runs on the CPU", "LIBTORCH=<libtorch with CUDA> eng/setup.sh");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            return Finding.Optional("unknown without libtorch", Remedy);
        }
    }
}
