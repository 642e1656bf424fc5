using Rearm.Streaming.Client;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>
/// Recall@20: per user, the share of the held-out items that are among the 20 best of all items not seen yet; the mean over users.
/// </summary>
internal static class RecallMeasurement
{
    public const int K = 20;

    // Fewer than the Server lets run on one core.
    private const int Concurrency = 8;

    /// <summary>Asks the Server about every user with held-out items.</summary>
    public static async Task<double> OfServerAsync(RecommenderClient server, DemoData data, CancellationToken cancellation, IProgress<long>? progress = null)
    {
        var asked = 0L;
        var recalls = new double[data.HeldOut.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };
        await Parallel.ForEachAsync(data.HeldOut.Index(), options, async (entry, stop) =>
        {
            var (index, (user, heldOut)) = entry;
            var answer = await server.RecommendAsync(user, K, stop);
            recalls[index] = Recall(answer.Items.Select(i => i.ItemId), heldOut);
            progress?.Report(Interlocked.Increment(ref asked));
        });
        return recalls.Average();
    }

    /// <summary>The same for the popularity baseline.</summary>
    public static double OfPopularity(DemoData data)
    {
        var baseline = new PopularityBaseline(data.Clicks);
        return data.HeldOut.Average(user => Recall(baseline.Recommend(user.Key, K), user.Value));
    }

    private static double Recall(IEnumerable<string> recommended, string[] heldOut) =>
        (double)recommended.Intersect(heldOut).Count() / heldOut.Length;
}
