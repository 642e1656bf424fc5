namespace Rearm.Streaming.Models.Evaluation;

/// <summary>Means over users with held-out items.</summary>
/// <param name="Recall10">Share of a user's held-out items among the first 10.</param>
/// <param name="Recall20">Among the first 20.</param>
/// <param name="Ndcg10">Normalised discounted cumulative gain at 10.</param>
/// <param name="Ndcg20">At 20.</param>
public readonly record struct RankingMetrics(double Recall10, double Recall20, double Ndcg10, double Ndcg20)
{
    /// <summary>At other cut-offs, where they were asked for.</summary>
    public IReadOnlyList<CutOffMetrics> Others { get; init; } = [];

    /// <summary>At every cut-off, ascending.</summary>
    public IReadOnlyList<CutOffMetrics> All => [.. Others.Append(new(10, Recall10, Ndcg10)).Append(new(20, Recall20, Ndcg20)).OrderBy(m => m.CutOff)];

    /// <summary>Under the names reports use: recall@10, recall@20, ndcg@10, ndcg@20.</summary>
    public IReadOnlyDictionary<string, double> ToDictionary()
    {
        var all = All;
        return new Dictionary<string, double>([
            .. all.Select(m => KeyValuePair.Create($"recall@{m.CutOff}", m.Recall)),
            .. all.Select(m => KeyValuePair.Create($"ndcg@{m.CutOff}", m.Ndcg)),
        ]);
    }

    /// <inheritdoc/>
    public bool Equals(RankingMetrics other) => All.SequenceEqual(other.All);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Recall10, Recall20, Ndcg10, Ndcg20);

    /// <summary>The metrics of one user.</summary>
    /// <param name="ranking">The items recommended, best first, as many as the greatest cut-off or fewer.</param>
    /// <param name="relevant">The user's held-out items, at least one.</param>
    /// <param name="others">Cut-offs besides 10 and 20.</param>
    internal static RankingMetrics Of(ReadOnlySpan<int> ranking, IReadOnlySet<int> relevant, params ReadOnlySpan<int> others)
    {
        var (ten, twenty) = (At(10, ranking, relevant), At(20, ranking, relevant));
        var rest = new CutOffMetrics[others.Length];
        for (var i = 0; i < rest.Length; i++)
            rest[i] = At(others[i], ranking, relevant);
        return new(ten.Recall, twenty.Recall, ten.Ndcg, twenty.Ndcg) { Others = rest };
    }

    /// <summary>The means of users' metrics at the same cut-offs.</summary>
    internal static RankingMetrics Mean(IReadOnlyCollection<RankingMetrics> users) => new(
        users.Average(m => m.Recall10), users.Average(m => m.Recall20), users.Average(m => m.Ndcg10), users.Average(m => m.Ndcg20))
    {
        Others = [.. users.First().Others.Select((at, i) =>
            new CutOffMetrics(at.CutOff, users.Average(m => m.Others[i].Recall), users.Average(m => m.Others[i].Ndcg)))],
    };

    private static CutOffMetrics At(int cutOff, ReadOnlySpan<int> ranking, IReadOnlySet<int> relevant)
    {
        var (hits, gain, ideal) = (0, 0.0, 0.0);
        for (var rank = 0; rank < cutOff; rank++)
        {
            var discount = 1 / Math.Log2(rank + 2);
            if (rank < ranking.Length && relevant.Contains(ranking[rank]))
            {
                hits++;
                gain += discount;
            }
            if (rank < relevant.Count)
                ideal += discount;
        }
        return new(cutOff, (double)hits / relevant.Count, gain / ideal);
    }
}
