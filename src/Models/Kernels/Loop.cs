using System.Runtime.CompilerServices;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>How the JIT must treat a kernel's loop.</summary>
internal static class Loop
{
    /// <summary>
    /// Optimised at once, and never inlined: inlined into its caller, as profiles suggest it should be, a loop loses the inlining of its own
    /// vector operations when the budget of one method is spent. Attention ran ten times slower.
    /// </summary>
    public const MethodImplOptions Options = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;
}
