using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Ease;

/// <summary>G = X'X + w (V V' + A A' + ...) + lambda I, items x items.</summary>
internal static class GramMatrix
{
    private const int RowsPerChunk = 32;

    /// <param name="users">X, users x items.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="features">V, A, ...: each items x its width.</param>
    /// <param name="hyper">w and lambda.</param>
    internal static Tensor Of(SparseRows users, int items, IReadOnlyList<Tensor> features, EaseHyperParameters hyper)
    {
        using var scope = NewDisposeScope();
        var gram = zeros(items, items);
        AddInteractions(users, items, gram);
        foreach (var vectors in features)
            AddFeatures(vectors, hyper.FeatureWeight, gram);
        gram.diagonal().Add(hyper.Regularization);
        return gram.MoveToOuterDisposeScope();
    }

    // Some rows at a time, so that there is never a second matrix of the whole size.
    private static void AddFeatures(Tensor vectors, double weight, Tensor gram)
    {
        const int Rows = 1024;
        for (long begin = 0; begin < gram.shape[0]; begin += Rows)
        {
            using var scope = NewDisposeScope();
            var rows = Math.Min(Rows, gram.shape[0] - begin);
            gram.narrow(0, begin, rows).AddScaled(vectors.narrow(0, begin, rows).mm(vectors.t()), weight);
        }
    }

    private static unsafe void AddInteractions(SparseRows users, int items, Tensor gram)
    {
        var touchedBy = users.Transpose(items);
        var target = (nint)TensorMemory.Of(gram);
        RowChunks.Run(items, RowsPerChunk, (_, begin, end) =>
        {
            for (var item = begin; item < end; item++)
            {
                var row = new Span<float>((float*)target + (long)item * items, items);
                var owners = touchedBy.RowColumns(item);
                var weights = touchedBy.RowValues(item);
                for (var n = 0; n < owners.Length; n++)
                {
                    var columns = users.RowColumns(owners[n]);
                    var values = users.RowValues(owners[n]);
                    for (var e = 0; e < columns.Length; e++)
                        row[columns[e]] += weights[n] * values[e];
                }
            }
        });
        GC.KeepAlive(gram);
    }
}
