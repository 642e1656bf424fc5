namespace Rearm.Streaming.Models.Evaluation;

/// <summary>Means over users with held-out items.</summary>
/// <param name="Recall10">Share of a user's held-out items among the first 10.</param>
/// <param name="Recall20">Among the first 20.</param>
/// <param name="Ndcg10">Normalised discounted cumulative gain at 10.</param>
/// <param name="Ndcg20">At 20.</param>
public readonly record struct RankingMetrics(double Recall10, double Recall20, double Ndcg10, double Ndcg20)
{
    /// <summary>Under the names reports use: recall@10, recall@20, ndcg@10, ndcg@20.</summary>
    public IReadOnlyDictionary<string, double> ToDictionary() => new Dictionary<string, double>
    {
        ["recall@10"] = Recall10,
        ["recall@20"] = Recall20,
        ["ndcg@10"] = Ndcg10,
        ["ndcg@20"] = Ndcg20,
    };

    /// <summary>The metrics of one user.</summary>
    /// <param name="ranking">The items recommended, best first, 20 or fewer.</param>
    /// <param name="relevant">The user's held-out items, at least one.</param>
    internal static RankingMetrics Of(ReadOnlySpan<int> ranking, IReadOnlySet<int> relevant)
    {
        int hits10 = 0, hits20 = 0;
        double gain10 = 0, gain20 = 0, ideal10 = 0, ideal20 = 0;
        for (var rank = 0; rank < 20; rank++)
        {
            var discount = 1 / Math.Log2(rank + 2);
            var hit = rank < ranking.Length && relevant.Contains(ranking[rank]);
            var attainable = rank < relevant.Count;
            (hits20, gain20, ideal20) = (hits20 + (hit ? 1 : 0), gain20 + (hit ? discount : 0), ideal20 + (attainable ? discount : 0));
            if (rank == 9)
                (hits10, gain10, ideal10) = (hits20, gain20, ideal20);
        }
        return new((double)hits10 / relevant.Count, (double)hits20 / relevant.Count, gain10 / ideal10, gain20 / ideal20);
    }

    internal static RankingMetrics Mean(IReadOnlyCollection<RankingMetrics> users) => users.Count == 0
        ? default
        : new(users.Average(m => m.Recall10), users.Average(m => m.Recall20), users.Average(m => m.Ndcg10), users.Average(m => m.Ndcg20));
}
