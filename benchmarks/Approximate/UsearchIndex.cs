using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Cloud.Unum.USearch;

namespace Rearm.Streaming.Benchmarks.Approximate;

/// <summary>
/// An HNSW graph of USearch over items, for the greatest inner products. It calls the library that the package brings: the package's own class can neither
/// filter nor change the expansion, and allocates for each answer.
/// </summary>
internal sealed unsafe partial class UsearchIndex : IDisposable
{
    private const string Library = "libusearch_c";

    private readonly nint _index;
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
        _index = Create(&options, out var error);
        Check(error);
        // A search looks at as many as it is asked for.
        ChangeExpansion(_index, 1, out error);
        Check(error);
    }

    /// <summary>Adds all rows, or those that there is time for.</summary>
    /// <returns>How many were added.</returns>
    public int Build(VectorSet items, Func<bool> isLate)
    {
        Reserve(_index, (nuint)items.Count, out var full);
        Check(full);
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
                    Add(_index, (ulong)row, numbers, ScalarKind.Float32, out error);
                Check(error);
            }
        });
        return added;
    }

    /// <summary>Rows that seem best.</summary>
    /// <param name="user">What to search for.</param>
    /// <param name="rows">Takes them; its length is the expansion.</param>
    /// <param name="distances">As long; scratch.</param>
    /// <param name="allowed">Rows that may be found, a bit each; null: all.</param>
    /// <returns>How many were found.</returns>
    public int Find(ReadOnlySpan<float> user, Span<ulong> rows, Span<float> distances, ulong* allowed)
    {
        var length = TensorPrimitives.Norm(user);
        TensorPrimitives.Divide(user, length, _query);
        fixed (float* query = _query, d = distances)
        fixed (ulong* r = rows)
        {
            nint error;
            var found = allowed is null
                ? Search(_index, query, ScalarKind.Float32, (nuint)rows.Length, r, d, out error)
                : FilteredSearch(_index, query, ScalarKind.Float32, (nuint)rows.Length, &IsAllowed, allowed, r, d, out error);
            Check(error);
            return (int)found;
        }
    }

    public void Dispose() => Free(_index, out _);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int IsAllowed(ulong row, void* allowed) => (int)(((ulong*)allowed)[row >> 6] >> (int)(row & 63)) & 1;

    private static void Check(nint error)
    {
        if (error != 0)
            throw new InvalidOperationException($"USearch: {Marshal.PtrToStringUTF8(error)}.");
    }

    [LibraryImport(Library, EntryPoint = "usearch_init")]
    private static partial nint Create(IndexOptions* options, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_free")]
    private static partial void Free(nint index, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_reserve")]
    private static partial void Reserve(nint index, nuint capacity, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_change_expansion_search")]
    private static partial void ChangeExpansion(nint index, nuint expansion, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_add")]
    private static partial void Add(nint index, ulong key, float* vector, ScalarKind kind, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_search")]
    private static partial nuint Search(nint index, float* query, ScalarKind kind, nuint count, ulong* keys, float* distances, out nint error);

    [LibraryImport(Library, EntryPoint = "usearch_filtered_search")]
    private static partial nuint FilteredSearch(
        nint index, float* query, ScalarKind kind, nuint count, delegate* unmanaged[Cdecl]<ulong, void*, int> filter, void* state, ulong* keys,
        float* distances, out nint error);
}
