using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Datasets;

/// <summary>A data set as events. The same row gives the same event, id and time included, whenever and however often it is sent.</summary>
public static class DatasetEvents
{
    /// <summary>
    /// The descriptions that the data has: one per item with a vector. An item without gets none, because a description replaces the one before,
    /// and one that says nothing would take its features, categories and availability away.
    /// </summary>
    public static IEnumerable<Event> Items(Dataset dataset) =>
        from item in Enumerable.Range(0, dataset.ItemCount)
        where IsDescribed(dataset, item)
        select new Event { Item = Describe(dataset, item) };

    /// <summary>How many descriptions the data has.</summary>
    public static int CountItems(Dataset dataset) => Enumerable.Range(0, dataset.ItemCount).Count(item => IsDescribed(dataset, item));

    /// <summary>One description per item, for a catalogue that holds nothing else.</summary>
    public static IEnumerable<Item> Catalogue(Dataset dataset) => Enumerable.Range(0, dataset.ItemCount).Select(item => Describe(dataset, item));

    /// <summary>The interactions of one split, in the data's order.</summary>
    public static IEnumerable<Event> Interactions(Dataset dataset, Split split)
    {
        var rows = dataset[split];
        var name = split.ToString().ToLowerInvariant();
        for (var row = 0; row < rows.Count; row++)
            yield return new Event
            {
                Interaction = new()
                {
                    EventId = Id(dataset, name, row),
                    UserId = dataset.UserId(rows.Users[row]),
                    ItemId = dataset.ItemId(rows.Items[row]),
                    Type = dataset.TypeOf(split, row),
                    Time = TimeOf(dataset.TimeOf(split, row)),
                },
            };
    }

    private static bool IsDescribed(Dataset dataset, int item) => dataset.Features.Any(modality => modality.Present[item]);

    private static Item Describe(Dataset dataset, int index)
    {
        var item = new Item { EventId = Id(dataset, "item", index), ItemId = dataset.ItemId(index), Time = TimeOf(Dataset.Epoch) };
        foreach (var modality in dataset.Features)
        {
            if (!modality.Present[index])
                continue;
            var vector = new FeatureVector();
            vector.Values.Capacity = modality.Dimension;
            vector.Values.AddRange(modality.ToFloats(index));
            item.Features.Add(modality.Name, vector);
        }
        return item;
    }

    private static string Id(Dataset dataset, string part, int row) => string.Create(CultureInfo.InvariantCulture, $"{dataset.Name}-{part}-{row}");

    private static Timestamp TimeOf(long milliseconds) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
