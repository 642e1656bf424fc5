using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.ItemToItem;
using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.ItemKnn;

/// <summary>Each item speaks for its nearest neighbours, as much as it is like them. Sparse.</summary>
internal sealed class ItemKnnWeights(SparseRows neighbors) : IItemWeights
{
    private readonly SparseOperator _rows = new(neighbors, neighbors.Rows, ScalarType.Float32, CPU, KernelMode.Auto);
    private readonly SparseOperator _transposed = new(neighbors.Transpose(neighbors.Rows), neighbors.Rows, ScalarType.Float32, CPU, KernelMode.Auto);

    /// <inheritdoc/>
    public int Items => neighbors.Rows;

    /// <inheritdoc/>
    public void AddRow(int item, float weight, Span<float> scores)
    {
        var columns = neighbors.RowColumns(item);
        var values = neighbors.RowValues(item);
        for (var e = 0; e < columns.Length; e++)
            scores[columns[e]] += weight * values[e];
    }

    /// <inheritdoc/>
    public Tensor Multiply(Tensor dense) => _rows.Multiply(dense);

    /// <inheritdoc/>
    public Tensor MultiplyTransposed(Tensor dense) => _transposed.Multiply(dense);

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _transposed.Dispose();
    }
}
