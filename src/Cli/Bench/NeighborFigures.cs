using System.Globalization;
using Rearm.Streaming.Cli.Evaluation;
using Rearm.Streaming.Datasets;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>What share of the true nearest neighbours of a data set's users and items is found where only the nearest cells are looked at.</summary>
internal static class NeighborFigures
{
    /// <summary>Measures it for several numbers of cells.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="data">With features.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Measure(Figures figures, Dataset data, CancellationToken cancellationToken)
    {
        foreach (var probes in (int[])[4, 8, 16, 32])
        {
            var settings = new GraphSettings { ExactNeighborsUpTo = 1, NeighborProbes = probes };
            var snapshot = DatasetSnapshot.TrainingData(data, settings, cancellationToken, figures.Progress).Train;
            foreach (var (graph, recall) in snapshot.Info.NeighborRecall.OrderBy(r => r.Key, StringComparer.Ordinal))
            {
                var rows = graph.StartsWith("user", StringComparison.Ordinal) ? snapshot.Users : snapshot.Items;
                var cells = Math.Ceiling(Math.Sqrt(rows)).ToString("0", CultureInfo.InvariantCulture);
                figures.Add($"cells.{probes}.{graph}.recall", recall, $"of the true neighbours, {probes} of about {cells} cells looked at");
            }
        }
    }
}
