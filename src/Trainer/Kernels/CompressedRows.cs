using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Trainer.Adjacency;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.Kernels;

/// <summary>A sparse matrix by rows and, for the way back, by columns, as <see cref="SparseKernel"/> takes it.</summary>
internal sealed class CompressedRows : IDisposable
{
    internal CompressedRows(SparseRows matrix, int columns)
    {
        var transposed = TransposedRows.Of(matrix, columns);
        Pointers = Keep(tensor(matrix.Pointers));
        Columns = Keep(tensor(matrix.Columns));
        Values = Keep(tensor(matrix.Values));
        TransposedPointers = Keep(tensor(transposed.Pointers));
        TransposedColumns = Keep(tensor(transposed.Columns));
        TransposedValues = Keep(tensor(transposed.Values));
    }

    internal Tensor Pointers { get; }
    internal Tensor Columns { get; }
    internal Tensor Values { get; }
    internal Tensor TransposedPointers { get; }
    internal Tensor TransposedColumns { get; }
    internal Tensor TransposedValues { get; }

    public void Dispose()
    {
        foreach (var tensor in new[] { Pointers, Columns, Values, TransposedPointers, TransposedColumns, TransposedValues })
            tensor.Dispose();
    }

    private static Tensor Keep(Tensor tensor) => tensor.DetachFromDisposeScope();
}
