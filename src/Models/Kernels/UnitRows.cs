using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>Rows scaled to length 1; a row of zeros stays one.</summary>
internal static class UnitRows
{
    private const double Shortest = 1e-12;

    /// <param name="rows">Rows x width.</param>
    /// <param name="kernels">Whether the managed kernel may be used.</param>
    internal static Tensor Of(Tensor rows, KernelMode kernels = KernelMode.Auto) => kernels.Fit(rows)
        ? UnitRowsFunction.Scale(rows)
        : rows / maximum(rows.norm(1, keepdim: true, p: 2), Constant.Of(Shortest, rows));
}
