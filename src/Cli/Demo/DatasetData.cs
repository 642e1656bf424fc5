using System.Globalization;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Datasets;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>A real data set instead of the synthetic shop: its training interactions are sent, its test interactions are held out.</summary>
internal static class DatasetData
{
    /// <exception cref="CliException">The data set can't be read, or has no test interactions.</exception>
    public static DemoData Read(string folder)
    {
        try
        {
            return From(DatasetReader.Read(folder));
        }
        catch (DatasetException e)
        {
            throw CliException.From(e);
        }
    }

    internal static DemoData From(Dataset dataset)
    {
        if (dataset.Train.Count == 0 || dataset.Test.Count == 0)
            throw new CliException(
                $"{dataset.Name} has {dataset.Train.Count} training and {dataset.Test.Count} test interactions; the demo needs both: "
                + "train.npy and test.npy, or a .inter file with x_label 0 and 2.");
        var heldOut = dataset.Test.Users.Zip(dataset.Test.Items)
            .Distinct()
            .GroupBy(pair => pair.First, pair => dataset.ItemId(pair.Second))
            .ToDictionary(user => dataset.UserId(user.Key), user => user.ToArray());
        var clicks = DatasetEvents.Interactions(dataset, Split.Train).Select(e => e.Interaction).ToList();
        return new DemoData
        {
            Name = string.Create(
                CultureInfo.InvariantCulture,
                $"the data set {dataset.Name}: {dataset.UserCount:N0} users, {dataset.ItemCount:N0} items with {string.Join(" and ", dataset.Features.Select(f => $"{f.Name} ({f.Dimension})"))}"),
            Items = [.. DatasetEvents.Catalogue(dataset)],
            Clicks = clicks,
            HeldOut = heldOut,
            // The most active user without held-out items.
            StoryUser = clicks.CountBy(c => c.UserId)
                .Where(user => !heldOut.ContainsKey(user.Key))
                .OrderByDescending(user => user.Value)
                .ThenBy(user => user.Key, StringComparer.Ordinal)
                .Select(user => user.Key)
                .FirstOrDefault(clicks[0].UserId),
        };
    }
}
