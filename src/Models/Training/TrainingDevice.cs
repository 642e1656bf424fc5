using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>Where to train.</summary>
public static class TrainingDevice
{
    /// <summary>CUDA where there is any, otherwise the CPU.</summary>
    public const string Auto = "auto";

    /// <summary>The CPU.</summary>
    public const string Cpu = "cpu";

    /// <summary>The first CUDA device.</summary>
    public const string Cuda = "cuda";

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Auto, Cpu, Cuda];

    /// <summary>Opens a device by name and sets the number of threads.</summary>
    /// <exception cref="ArgumentException">There is no such device here.</exception>
    /// <exception cref="DllNotFoundException">libtorch can't be loaded here.</exception>
    public static Device Open(string name, int threads)
    {
        LibtorchEnvironment.Prepare();
        set_num_threads(threads > 0 ? threads : Environment.ProcessorCount);
        return name switch
        {
            Cpu => CPU,
            Cuda => cuda.is_available() ? CUDA : throw new ArgumentException("The device is \"cuda\", but this libtorch finds no CUDA device; choose \"cpu\" or \"auto\", or build with -p:TorchPackage=TorchSharp-cuda-linux."),
            Auto => cuda.is_available() ? CUDA : CPU,
            _ => throw new ArgumentException($"The device is \"{name}\"; {string.Join(", ", Names)} are the choices."),
        };
    }
}
