using static TorchSharp.torch;

namespace Rearm.Streaming.Models;

/// <summary>libtorch's own product of a matrix with its transpose: what a machine can do, to compare with.</summary>
public static class MatrixProduct
{
    /// <summary>Computes all inner products of the rows, some rows at a time, and drops them.</summary>
    /// <param name="values">Row-major, rows x columns.</param>
    /// <param name="columns">Numbers in a row.</param>
    /// <param name="rowsAtOnce">Rows of one product.</param>
    public static void OfRows(float[] values, int columns, int rowsAtOnce)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var all = tensor(values, [values.Length / columns, columns]);
        var transposed = all.t();
        for (long row = 0; row < all.shape[0]; row += rowsAtOnce)
            all.narrow(0, row, Math.Min(rowsAtOnce, all.shape[0] - row)).mm(transposed).Dispose();
    }
}
