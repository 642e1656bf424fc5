using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.Training;

/// <summary>Where to train.</summary>
internal static class TrainingDevice
{
    /// <summary>CUDA where there is any, otherwise the CPU.</summary>
    internal const string Auto = "auto";

    internal const string Cpu = "cpu";

    internal const string Cuda = "cuda";

    /// <summary>The device of that name, and the number of threads set.</summary>
    /// <exception cref="ArgumentException">There is no such device here.</exception>
    /// <exception cref="DllNotFoundException">There is no libtorch; the message says what to install.</exception>
    internal static Device Open(string name, int threads)
    {
        set_num_threads(threads > 0 ? threads : Environment.ProcessorCount);
        return name switch
        {
            Cpu => CPU,
            Cuda => cuda.is_available() ? CUDA : throw new ArgumentException("The device is \"cuda\", but this libtorch finds no CUDA device; choose \"cpu\" or \"auto\", or set LIBTORCH to a CUDA build."),
            Auto => cuda.is_available() ? CUDA : CPU,
            _ => throw new ArgumentException($"The device is \"{name}\"; {Auto}, {Cpu} or {Cuda} is needed."),
        };
    }
}
