namespace Rearm.Streaming.Models.Kernels;

/// <summary>How the operators that have a managed kernel are computed.</summary>
internal enum KernelMode
{
    /// <summary>By managed kernels where they fit (float32 on the CPU), otherwise by plain tensor operators.</summary>
    Auto,

    /// <summary>By plain tensor operators: the reference that kernels are tested against, and what CUDA and float64 use.</summary>
    Plain,
}
