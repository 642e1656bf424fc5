namespace Rearm.Streaming.Graphs;

/// <summary>
/// Keeps the best of the candidates offered, in memory the caller lends: the greater score first, then the smaller rank. A binary heap with
/// the worst candidate at its root; offering one that does not make it costs a comparison.
/// </summary>
/// <param name="candidates">Room for the candidates; its length is k.</param>
/// <param name="scores">Room for their scores, as long.</param>
/// <param name="count">How many are kept; 0 to begin with.</param>
/// <param name="ranks">The rank of each candidate, for ties (<see cref="IdOrder"/>); empty: the candidates' own numbers.</param>
public readonly ref struct TopK(Span<int> candidates, Span<float> scores, ref int count, ReadOnlySpan<int> ranks = default)
{
    private readonly Span<int> _candidates = candidates;
    private readonly Span<float> _scores = scores;
    private readonly ref int _count = ref count;
    private readonly ReadOnlySpan<int> _ranks = ranks;

    /// <summary>The score below which nothing is kept any more; minus infinity while there is room.</summary>
    public float Floor => _count < _candidates.Length ? float.NegativeInfinity : _count == 0 ? float.PositiveInfinity : _scores[0];

    /// <summary>Keeps the candidate if there is room, or if it is better than the worst one kept.</summary>
    public void Offer(int candidate, float score)
    {
        if (_count < _candidates.Length)
            SiftUp(_count++, candidate, score);
        else if (_count > 0 && score >= _scores[0] && IsWorse(_candidates[0], _scores[0], candidate, score))
            SiftDown(0, _count, candidate, score);
    }

    /// <summary>Puts the candidates kept in order, best first. No more can be offered afterwards.</summary>
    /// <returns>How many there are.</returns>
    public int Sort()
    {
        for (var last = _count - 1; last > 0; last--)
        {
            // The worst of those left goes to the end.
            var (candidate, score) = (_candidates[last], _scores[last]);
            (_candidates[last], _scores[last]) = (_candidates[0], _scores[0]);
            SiftDown(0, last, candidate, score);
        }
        return _count;
    }

    private bool IsWorse(int candidate, float score, int than, float thanScore) =>
        score != thanScore ? score < thanScore : Rank(candidate) > Rank(than);

    private int Rank(int candidate) => _ranks.IsEmpty ? candidate : _ranks[candidate];

    private void SiftUp(int place, int candidate, float score)
    {
        while (place > 0)
        {
            var parent = (place - 1) / 2;
            if (!IsWorse(candidate, score, _candidates[parent], _scores[parent]))
                break;
            (_candidates[place], _scores[place]) = (_candidates[parent], _scores[parent]);
            place = parent;
        }
        (_candidates[place], _scores[place]) = (candidate, score);
    }

    private void SiftDown(int place, int end, int candidate, float score)
    {
        while (true)
        {
            var child = 2 * place + 1;
            if (child >= end)
                break;
            if (child + 1 < end && IsWorse(_candidates[child + 1], _scores[child + 1], _candidates[child], _scores[child]))
                child++;
            if (!IsWorse(_candidates[child], _scores[child], candidate, score))
                break;
            (_candidates[place], _scores[place]) = (_candidates[child], _scores[child]);
            place = child;
        }
        (_candidates[place], _scores[place]) = (candidate, score);
    }
}
