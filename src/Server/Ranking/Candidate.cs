namespace Rearm.Streaming.Server.Ranking;

/// <summary>A row that may be among the best.</summary>
/// <param name="Row">Its number.</param>
/// <param name="Score">Its score, or an estimate.</param>
/// <param name="Upper">What its score is at most. An estimate is always less than that (<see cref="QueryCode"/>), a score is the same.</param>
internal readonly record struct Candidate(int Row, float Score, float Upper)
{
    /// <summary>Is the score known?</summary>
    public bool IsScored => Score == Upper;

    /// <summary>Does it come first? The greater score does, then the lower row.</summary>
    public bool IsBefore(in Candidate other) => Score > other.Score || (Score == other.Score && Row < other.Row);

    /// <summary>Puts the first k candidates before the others, in any order among themselves, the last of them at k - 1.</summary>
    /// <param name="candidates">At least k.</param>
    /// <param name="k">At least 1.</param>
    public static void PutFirst(Span<Candidate> candidates, int k)
    {
        var (begin, end) = (0, candidates.Length - 1);
        while (begin < end)
        {
            // The median of three as the pivot: what comes in order, or in reverse, is halved all the same.
            var middle = begin + (end - begin) / 2;
            Order(candidates, begin, middle);
            Order(candidates, begin, end);
            Order(candidates, middle, end);
            var pivot = candidates[middle];
            var (i, j) = (begin, end);
            while (i <= j)
            {
                while (candidates[i].IsBefore(pivot))
                    i++;
                while (pivot.IsBefore(candidates[j]))
                    j--;
                if (i <= j)
                {
                    (candidates[i], candidates[j]) = (candidates[j], candidates[i]);
                    (i, j) = (i + 1, j - 1);
                }
            }
            if (k - 1 <= j)
                end = j;
            else if (k - 1 >= i)
                begin = i;
            else
                return;
        }
    }

    private static void Order(Span<Candidate> candidates, int first, int second)
    {
        if (candidates[second].IsBefore(candidates[first]))
            (candidates[first], candidates[second]) = (candidates[second], candidates[first]);
    }
}
