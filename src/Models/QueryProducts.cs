using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models;

/// <summary>
/// Products of a few queries with all rows of a matrix by libtorch's BLAS, on one thread: what batches of searches cost there, to compare with.
/// </summary>
public sealed class QueryProducts : IDisposable
{
    private readonly Tensor _transposed;
    private readonly int _rowsAtOnce;

    /// <summary>Copies the matrix. From now on libtorch works on one thread.</summary>
    /// <param name="values">Row-major, rows x width.</param>
    /// <param name="width">Numbers in a row.</param>
    /// <param name="rowsAtOnce">Rows of one product.</param>
    public QueryProducts(float[] values, int width, int rowsAtOnce)
    {
        using var scope = NewDisposeScope();
        set_num_threads(1);
        _transposed = tensor(values, [values.Length / width, width]).t().DetachFromDisposeScope();
        _rowsAtOnce = rowsAtOnce;
    }

    /// <summary>What is given some products: the first row, and for each query its products with that row and the following, query by query.</summary>
    public delegate void Receive(int firstRow, int rows, ReadOnlySpan<float> products);

    /// <summary>Computes the products, some rows at a time.</summary>
    /// <param name="queries">Row-major, as wide as the rows.</param>
    /// <param name="receive">Is given each product.</param>
    public void Multiply(float[] queries, Receive receive)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var (width, rows) = (_transposed.shape[0], (int)_transposed.shape[1]);
        var left = tensor(queries, [queries.Length / width, width]);
        for (var row = 0; row < rows; row += _rowsAtOnce)
        {
            var count = Math.Min(_rowsAtOnce, rows - row);
            using var products = left.mm(_transposed.narrow(1, row, count));
            receive(row, count, MemoryMarshal.Cast<byte, float>(products.bytes));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _transposed.Dispose();
}
