using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Rearm.Weights;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Golden;

[Trait("Category", "Golden")]
public class GoldenGraphTests
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Graphs_OfTheInput_MatchTheAuthorsProgram()
    {
        foreach (var golden in GoldenCase.All())
            CompareGraphs(golden);
    }

    private static void CompareGraphs(GoldenCase golden)
    {
        var (snapshot, parameters, arrays) = (golden.Snapshot(), golden.Parameters, golden.Arrays);
        int[] both = [0, 1];
        var activeUsers = MostActive.Of(Degrees.OfUsers(snapshot.Interactions), snapshot.UserIds, parameters.UserNeighbors);
        var activeItems = MostActive.Of(Degrees.OfItems(snapshot.Interactions, snapshot.Items), snapshot.ItemIds, parameters.ItemNeighbors);
        Assert.Equal(arrays["graph/most_active_users"].Ints, activeUsers.Nodes);
        Assert.Equal(arrays["graph/most_active_items"].Ints, activeItems.Nodes);

        void Same(string name, SparseRows graph, int columns) => Close.To(arrays[$"graph/{name}"], Dense(graph, columns), Tolerance, $"{golden.Name} {name}");
        Same("user_co_graph", CooccurrenceWeights.Build(snapshot.UserCooccurrence, parameters.UserNeighbors, activeUsers), golden.Users);
        Same("item_co_graph", CooccurrenceWeights.Build(snapshot.ItemCooccurrence, parameters.ItemNeighbors, activeItems), golden.Items);
        Same("u_mm_adj", HomogeneousGraphs.Similarity(golden.Users, snapshot.UserInterest, both, parameters.UserFirstModalityWeight, parameters.UserNeighbors), golden.Users);
        Same("i_mm_adj", HomogeneousGraphs.Similarity(golden.Items, snapshot.ItemSemantic, both, parameters.ItemFirstModalityWeight, parameters.ItemNeighbors), golden.Items);
        Same("stre_uu_graph", HomogeneousGraphs.Users(snapshot, both, parameters), golden.Users);
        Same("stre_ii_graph", HomogeneousGraphs.Items(snapshot, both, parameters), golden.Items);
        Same("norm_adj", InteractionWeights.Bipartite(snapshot.Interactions, golden.Items), golden.Users + golden.Items);

        var ranks = IdOrder.Ranks(snapshot.ItemIds);
        var features = PreparedFeatures.Of(snapshot);
        foreach (var (m, letter) in "vt".Index())
            Close.To(arrays[$"graph/user_{letter}_interest"],
                [.. InterestVectors.Mean(snapshot.Interactions, features.Values[m], snapshot.Modalities[m].Present, ranks).Blocks.SelectMany(b => b).Select(v => (double)v)],
                Tolerance, $"{golden.Name} user_{letter}_interest");
    }

    private static double[] Dense(SparseRows rows, int columns)
    {
        var dense = new double[rows.Rows * columns];
        for (var row = 0; row < rows.Rows; row++)
            for (var e = rows.Pointers[row]; e < rows.Pointers[row + 1]; e++)
                dense[row * columns + rows.Columns[e]] += rows.Values[e];
        return dense;
    }
}
