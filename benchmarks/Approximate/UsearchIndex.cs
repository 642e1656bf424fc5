using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Cloud.Unum.USearch;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Benchmarks.Approximate;

/// <summary>An HNSW graph of USearch over items, for the greatest inner products: like <see cref="ApproximateIndex"/>, and all else that was tried.</summary>
internal sealed unsafe partial class UsearchIndex : IDisposable
{
    private readonly UsearchHandle _index;
    private readonly int _width;
    private readonly float _scale;
    private readonly IndexWay _way;
    private readonly float[] _query;

    /// <param name="items">What is to be found.</param>
    /// <param name="way">What it is to be like.</param>
    public UsearchIndex(VectorSet items, IndexWay way)
    {
        (_width, _way) = (items.Width, way);
        _query = new float[_width + (way.IsLifted ? 1 : 0)];
        var longest = 0f;
        for (var row = 0; row < items.Count; row++)
            longest = Math.Max(longest, TensorPrimitives.Norm<float>(items.Items.AsSpan(row * _width, _width)));
        _scale = 1 / longest;
        var options = new IndexOptions(
            MetricKind.Ip,
            quantization: way.Kind,
            dimensions: (ulong)_query.Length,
            connectivity: (ulong)way.Connectivity,
            expansionAdd: (ulong)way.ExpansionAdd);
        _index = new(options);
        // A search looks at as many as it is asked for.
        UsearchLibrary.ChangeExpansion(_index, 1, out var error);
        UsearchLibrary.Check(error);
    }

    /// <summary>Adds all rows, or those that there is time for.</summary>
    /// <returns>How many were added.</returns>
    public int Build(VectorSet items, Func<bool> isLate)
    {
        UsearchLibrary.Reserve(_index, (nuint)items.Count, out var full);
        UsearchLibrary.Check(full);
        var (next, added) = (-1, 0);
        Parallel.For(0, _way.Threads, new ParallelOptions { MaxDegreeOfParallelism = _way.Threads }, _ =>
        {
            nint error;
            var vector = new float[_query.Length];
            for (int row; (row = Interlocked.Increment(ref next)) < items.Count && !isLate(); Interlocked.Increment(ref added))
            {
                TensorPrimitives.Multiply(items.Items.AsSpan(row * _width, _width), _scale, vector);
                if (_way.IsLifted)
                    vector[_width] = MathF.Sqrt(Math.Max(0, 1 - TensorPrimitives.SumOfSquares<float>(vector.AsSpan(0, _width))));
                fixed (float* numbers = vector)
                    UsearchLibrary.Add(_index, (ulong)row, numbers, ScalarKind.Float32, out error);
                UsearchLibrary.Check(error);
            }
        });
        return added;
    }

    /// <summary>Rows that seem best.</summary>
    /// <param name="user">What to search for.</param>
    /// <param name="rows">Takes them; its length is the expansion.</param>
    /// <param name="distances">As long; scratch.</param>
    /// <param name="allowed">Rows that may be found, a bit each; empty: all.</param>
    /// <returns>How many were found.</returns>
    public int Find(ReadOnlySpan<float> user, Span<ulong> rows, Span<float> distances, ReadOnlySpan<ulong> allowed)
    {
        TensorPrimitives.Divide(user, TensorPrimitives.Norm(user), _query);
        if (!allowed.IsEmpty)
            return UsearchLibrary.Find(_index, _query, allowed, rows, distances);
        fixed (float* query = _query, d = distances)
        fixed (ulong* r = rows)
        {
            var found = SearchAll(_index, query, ScalarKind.Float32, (nuint)rows.Length, r, d, out var error);
            UsearchLibrary.Check(error);
            return (int)found;
        }
    }

    public void Dispose() => _index.Dispose();

    [LibraryImport(UsearchLibrary.Name, EntryPoint = "usearch_search")]
    private static partial nuint SearchAll(UsearchHandle index, float* query, ScalarKind kind, nuint count, ulong* keys, float* distances, out nint error);
}
