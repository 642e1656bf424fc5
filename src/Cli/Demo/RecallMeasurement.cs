using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>
/// Recall@20 as the protocol has it: per user, the share of the held-out items among the 20 best of all items the user has not been seen
/// with; the mean over users.
/// </summary>
internal static class RecallMeasurement
{
    public const int K = 20;

    private const int Concurrency = 16;

    /// <summary>Asks the Server about every user with something held out.</summary>
    public static async Task<double> OfServerAsync(Recommender.RecommenderClient server, DemoData data, CancellationToken cancellation)
    {
        var recalls = new double[data.HeldOut.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };
        await Parallel.ForEachAsync(data.HeldOut.Index(), options, async (entry, stop) =>
        {
            var (index, (user, heldOut)) = entry;
            var answer = await server.RecommendAsync(new RecommendRequest { UserId = user, K = K }, cancellationToken: stop);
            recalls[index] = Recall(answer.Items.Select(i => i.ItemId), heldOut);
        });
        return recalls.Average();
    }

    /// <summary>The same users, the same rules, the baseline's answers.</summary>
    public static double OfPopularity(DemoData data)
    {
        var baseline = new PopularityBaseline(data.Clicks);
        return data.HeldOut.Average(user => Recall(baseline.Recommend(user.Key, K), user.Value));
    }

    private static double Recall(IEnumerable<string> recommended, string[] heldOut) =>
        (double)recommended.Intersect(heldOut).Count() / heldOut.Length;
}
