using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>What cutting graphs costs at the shape of a published data set (Amazon Baby: 19,445 users, 7,050 items, 118,551 interactions).</summary>
internal static class CutFigures
{
    private const int Users = 19_445;
    private const int Items = 7_050;
    private const int Pairs = 118_551;
    private const int Rounds = 1;

    /// <summary>Measures both kinds of graphs.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="interactions">Those of the data set itself; null for synthetic ones of its shape.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Measure(Figures figures, InteractionMatrix? interactions, int items, CancellationToken cancellationToken)
    {
        interactions ??= Synthetic();
        items = Math.Max(items, Items);
        var settings = new GraphSettings();
        var (userRanks, itemRanks) = (Enumerable.Range(0, interactions.Users).ToArray(), Enumerable.Range(0, items).ToArray());
        void Cooccur()
        {
            var usersToItems = interactions.Pattern;
            var itemsToUsers = usersToItems.Transpose(items);
            Cooccurrence.TopK(usersToItems, itemsToUsers, settings.UserNeighbors, userRanks, 0, cancellationToken: cancellationToken);
            Cooccurrence.TopK(itemsToUsers, usersToItems, settings.ItemNeighbors, itemRanks, 0, cancellationToken: cancellationToken);
        }
        figures.Begin("Counting co-occurrence");
        Cooccur();
        var time = new CpuTime();
        Cooccur();
        figures.Add("baby.cooccurrence_seconds", time.CpuSeconds, "CPU seconds, both sides, uncapped");

        var (ours, theirs) = (0.0, 0.0);
        var (done, step) = (figures.Begin("Comparing features", "comparisons", 4 * Rounds), 0);
        foreach (var width in (int[])[4096, 384])
            foreach (var rows in (int[])[interactions.Users, items])
            {
                var values = new float[rows * width];
                var random = new Random(width + rows);
                for (var i = 0; i < values.Length; i++)
                    values[i] = random.NextSingle() - 0.5f;
                var (matrix, present, ranks) = (FloatMatrix.Of(width, values), Enumerable.Repeat(true, rows).ToArray(), Enumerable.Range(0, rows).ToArray());
                // Alternating, so that whatever else the machine does falls on both.
                for (var round = 0; round < Rounds; round++)
                {
                    time = new CpuTime();
                    var k = rows == items ? settings.ItemNeighbors : settings.UserNeighbors;
                    CosineNeighbors.TopK(matrix, present, k, ranks, NeighborSearch.Exact, cancellationToken: cancellationToken);
                    ours += time.Seconds / Rounds;
                    time = new CpuTime();
                    MatrixProduct.OfRows(values, width, 1024);
                    theirs += time.Seconds / Rounds;
                    cancellationToken.ThrowIfCancellationRequested();
                    done?.Report(++step);
                }
            }
        figures.Add("baby.knn_seconds", ours, "s, random features 4096 and 384 wide, users and items");
        figures.Add("baby.knn_sgemm_ratio", ours / theirs, "times libtorch's product of the same matrices");
    }

    private static InteractionMatrix Synthetic()
    {
        var records = new SyntheticRecords(Users, Items, seed: 1);
        return InteractionPairs.ToMatrix(Users, Enumerable.Range(0, Pairs).Select(n => records.NextPair() is var (user, item) ? new InteractionPair(user, item, n) : default));
    }
}
