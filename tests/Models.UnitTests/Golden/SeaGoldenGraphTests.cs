using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Sea;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Golden;

[Trait("Category", "Golden")]
public class SeaGoldenGraphTests
{
    private const double Tolerance = 1e-6;

    [Fact]
    public void Graphs_OfTheInput_MatchTheAuthorsProgram()
    {
        foreach (var golden in SeaGoldenCase.All())
            CompareGraphs(golden);
    }

    private static void CompareGraphs(SeaGoldenCase golden)
    {
        var (snapshot, parameters) = (golden.Snapshot(), golden.Parameters);
        void Same(string name, SparseRows graph, int columns) =>
            Close.To(golden.Arrays[$"graph/{name}"], Dense(graph, columns), Tolerance, $"{golden.Name} {name}");
        foreach (var (m, (name, _)) in SeaGoldenCase.Modalities.Index())
        {
            var neighbors = golden.Arrays[$"graph/{name}_knn"];
            for (var item = 0; item < golden.Items; item++)
                Assert.Equal(neighbors.Row(item).Ints.Order(), snapshot.ItemSemantic[m].RowColumns(item)[..parameters.ItemNeighbors].ToArray().Order());
            Same($"{name}_adj", NeighborShares.Of(snapshot.ItemSemantic[m], parameters.ItemNeighbors), golden.Items);
        }
        Same("mm_adj", NeighborShares.Mixed(snapshot, [0, 1], parameters), golden.Items);
        Same("norm_adj", InteractionWeights.Bipartite(snapshot.Interactions, golden.Items), golden.Users + golden.Items);
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
