using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>
/// The rows seen so far that may be among one query's best k. When it is full, the k that seem best are scored, and what can't beat them is dropped. Its
/// memory is reused from query to query.
/// </summary>
internal sealed class Shortlist
{
    // Rows beyond 2 k: enough for what the bounds can't tell apart, and few enough that the floor rises soon.
    private const int Room = 216;

    // Rows that are on their way while one is scored.
    private const int Ahead = 4;
    private const int FloatsPerCacheLine = 16;

    private Candidate[] _candidates = [];
    private int _capacity;
    private int _count;
    private int _k;
    private (float Score, int Row) _after;
    private TopKQuery _query = null!;
    private ItemVectors _items = null!;

    /// <summary>A row whose score is lower can't be among the best; one with just this score can.</summary>
    public float Floor { get; private set; }

    /// <summary>How many rows were scored exactly since <see cref="Begin"/>.</summary>
    public int Scored { get; private set; }

    /// <summary>Begins a query; its k is at least 1.</summary>
    public void Begin(TopKQuery query, ItemVectors items)
    {
        (_query, _items, _k, _after) = (query, items, Math.Min(query.K, items.Count), query.After);
        _capacity = Math.Min(items.Count, 2 * _k + Room);
        if (_candidates.Length < _capacity)
            _candidates = new Candidate[_capacity];
        (_count, Scored, Floor) = (0, 0, float.NegativeInfinity);
    }

    /// <summary>Takes a row.</summary>
    /// <param name="row">Its number.</param>
    /// <param name="estimate">About its score.</param>
    /// <param name="upper">What its score is at most; more than the estimate.</param>
    public void Add(int row, float estimate, float upper)
    {
        if (upper < Floor)
            return;
        // It may have come before: only its score tells.
        if (upper >= _after.Score)
        {
            var candidate = new Candidate(row, estimate, upper);
            estimate = upper = Score(ref candidate);
            if (candidate.Score > _after.Score || (candidate.Score == _after.Score && row <= _after.Row) || upper < Floor)
                return;
        }
        if (_count == _capacity)
            Tighten();
        _candidates[_count++] = new(row, estimate, upper);
    }

    /// <summary>Takes what another shortlist of the same query has of other rows.</summary>
    public void AddAll(Shortlist other)
    {
        foreach (var candidate in other._candidates.AsSpan(0, other._count))
            Add(candidate.Row, candidate.Score, candidate.Upper);
        Scored += other.Scored;
    }

    /// <summary>Lets go of the query.</summary>
    public void End() => (_query, _items, _count) = (null!, null!, 0);

    /// <summary>Gives the answer.</summary>
    /// <param name="rows">Takes the best rows, best first; its length is k.</param>
    /// <param name="scores">Takes their scores.</param>
    /// <returns>How many there are.</returns>
    public int Finish(Span<int> rows, Span<float> scores)
    {
        var candidates = _candidates.AsSpan(0, _count);
        // The best first, so that most of the others need not be scored.
        if (_count > _k)
            Candidate.PutFirst(candidates, _k);
        var count = 0;
        var best = new TopK(rows, scores, ref count);
        for (var c = 0; c < candidates.Length; c++)
        {
            Prefetch(candidates, c + Ahead);
            if (candidates[c].Upper >= best.Floor)
                best.Offer(candidates[c].Row, Score(ref candidates[c]));
        }
        return best.Sort();
    }

    /// <summary>Makes room: the scores of any k rows tell what can't be among the best k, and those that seem best tell most.</summary>
    private void Tighten()
    {
        var candidates = _candidates.AsSpan(0, _count);
        Candidate.PutFirst(candidates, _k);
        var floor = float.PositiveInfinity;
        for (var c = 0; c < _k; c++)
        {
            Prefetch(candidates[.._k], c + Ahead);
            floor = Math.Min(floor, Score(ref candidates[c]));
        }
        Floor = Math.Max(Floor, floor);
        _count = 0;
        foreach (var candidate in candidates)
            if (candidate.Upper >= Floor)
                candidates[_count++] = candidate;
        if (_count <= (_k + _capacity) / 2)
            return;

        // Too many that the bounds can't tell apart, as rows that are all alike.
        candidates = candidates[.._count];
        foreach (ref var candidate in candidates)
            Score(ref candidate);
        Candidate.PutFirst(candidates, _k);
        (_count, Floor) = (_k, candidates[_k - 1].Score);
    }

    // The rows of candidates are anywhere in memory: asked for one after the other, they would be waited for one after the other.
    private unsafe void Prefetch(ReadOnlySpan<Candidate> candidates, int candidate)
    {
        if (!Sse.IsSupported || candidate >= candidates.Length || candidates[candidate].IsScored)
            return;
        var row = _items[candidates[candidate].Row];
        for (var column = 0; column < row.Length; column += FloatsPerCacheLine)
            Sse.Prefetch0(Unsafe.AsPointer(ref MemoryMarshal.GetReference(row[column..])));
    }

    private float Score(ref Candidate candidate)
    {
        if (candidate.IsScored)
            return candidate.Score;
        Scored++;
        var score = TensorPrimitives.Dot(_query.Vector, _items[candidate.Row]);
        if (_query.ByCosine)
            score *= _items.InverseLengths[candidate.Row];
        candidate = new(candidate.Row, score, score);
        return score;
    }
}
