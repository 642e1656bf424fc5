using System.Buffers;
using System.Numerics.Tensors;
using Cloud.Unum.USearch;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// An HNSW graph over a generation's items, which finds most of the best rows by looking at few (Y. Malkov, D. Yashunin, 2018,
/// https://arxiv.org/abs/1603.09320). What it finds is scored in the same floats as exact answers are, and is always allowed. For some threads at a time, once
/// it is built. Its memory goes with its generation, as <see cref="UsearchHandle"/> has a finalizer: searches may still run when another one is served.
/// </summary>
internal sealed unsafe class ApproximateIndex : IDisposable
{
    /// <summary>What <see cref="Find"/> gives where an answer has to be exact.</summary>
    public const int NotAnswered = -1;

    /// <summary>The greatest expansion: candidates are on the stack.</summary>
    public const int MaxExpansion = 1024;

    // The fewer candidates there are for each row that is wanted, the more of the best are missed.
    private const int CandidatesPerRow = 4;

    // Recall is measured over all that is available. The more of it a request leaves out, the longer a search takes, and the more it misses.
    private const double LeastAllowed = 0.9;

    private readonly UsearchHandle _index;
    private readonly ItemVectors _items;
    private readonly int _expansion;
    private readonly long _leastAllowed;

    /// <summary>Builds it, on this thread. At a million items that takes minutes.</summary>
    /// <param name="items">What is to be found.</param>
    /// <param name="available">Rows that answers hold as a rule, as an <see cref="ItemSet"/>.</param>
    /// <param name="expansion">Candidates of an answer, 20 to <see cref="MaxExpansion"/>.</param>
    /// <param name="threads">How many may search at a time.</param>
    /// <param name="isWanted">Asked now and then; false ends the work.</param>
    /// <exception cref="OperationCanceledException">It is not wanted any more.</exception>
    /// <exception cref="InvalidOperationException">USearch can't: memory, most likely.</exception>
    public ApproximateIndex(ItemVectors items, ReadOnlySpan<ulong> available, int expansion, int threads, Func<bool> isWanted)
    {
        (_items, _expansion) = (items, expansion);
        _leastAllowed = (long)(LeastAllowed * ItemSet.Count(available));
        _index = new(new IndexOptions(MetricKind.Ip, quantization: ScalarKind.Float16, dimensions: (ulong)items.Width));
        UsearchLibrary.Reserve(_index, (nuint)items.Count, out var error);
        UsearchLibrary.Check(error);
        UsearchLibrary.ChangeSearchThreads(_index, (nuint)threads, out error);
        UsearchLibrary.Check(error);
        // So that it is the length of what is asked for that counts.
        UsearchLibrary.ChangeExpansion(_index, 1, out error);
        UsearchLibrary.Check(error);
        var longest = 0.0;
        for (var row = 0; row < items.Count; row++)
            longest = Math.Max(longest, TensorPrimitives.Norm(items[row]));
        // Halves hold numbers up to 65,504; the order of scores does not depend on a factor.
        var scale = longest > 0 ? (float)(1 / longest) : 1;
        var vector = new float[items.Width];
        for (var row = 0; row < items.Count; row++)
        {
            if (!isWanted())
                throw new OperationCanceledException();
            TensorPrimitives.Multiply(items[row], scale, vector);
            fixed (float* numbers = vector)
                UsearchLibrary.Add(_index, (ulong)row, numbers, ScalarKind.Float32, out error);
            UsearchLibrary.Check(error);
        }
        Bytes = (long)UsearchLibrary.MemoryUsage(_index, out error);
        UsearchLibrary.Check(error);
    }

    /// <summary>What USearch holds of the system's memory.</summary>
    public long Bytes { get; }

    /// <summary>Finds rows with great scores, if so many of so few can be found like that.</summary>
    /// <param name="query">The query, as wide as the items.</param>
    /// <param name="allowed">Rows that may be answered, as an <see cref="ItemSet"/>.</param>
    /// <param name="rows">Takes the best rows, best first, ties to the lower row.</param>
    /// <param name="scores">Takes their scores; as long.</param>
    /// <returns>How many were found, as many as there is room for, or <see cref="NotAnswered"/>.</returns>
    public int Find(ReadOnlySpan<float> query, ReadOnlySpan<ulong> allowed, Span<int> rows, Span<float> scores)
    {
        var length = TensorPrimitives.Norm(query);
        if (rows.Length * CandidatesPerRow > _expansion || !(length > 0) || ItemSet.Count(allowed) < _leastAllowed)
            return NotAnswered;
        Span<ulong> candidates = stackalloc ulong[_expansion];
        var scaled = ArrayPool<float>.Shared.Rent(query.Length);
        TensorPrimitives.Divide(query, length, scaled);
        var found = UsearchLibrary.Find(_index, scaled, allowed, candidates, stackalloc float[_expansion]);
        ArrayPool<float>.Shared.Return(scaled);
        if (found < rows.Length)
            return NotAnswered;
        var count = 0;
        var best = new TopK(rows, scores, ref count);
        foreach (var candidate in candidates[..found])
            best.Offer((int)candidate, TensorPrimitives.Dot(query, _items[(int)candidate]));
        return best.Sort();
    }

    /// <summary>For one that nobody searches.</summary>
    public void Dispose() => _index.Dispose();
}
