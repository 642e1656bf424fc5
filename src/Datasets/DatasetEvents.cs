using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Datasets;

/// <summary>A data set as events. The same row gives the same event, id and time included, whenever and however often it is sent.</summary>
public static class DatasetEvents
{
    /// <summary>One description per item, with its vectors; also for items in no interaction.</summary>
    public static IEnumerable<Event> Items(Dataset dataset)
    {
        var time = TimeOf(Dataset.Epoch);
        for (var i = 0; i < dataset.ItemCount; i++)
        {
            var item = new Item { EventId = Id(dataset, "item", i), ItemId = dataset.ItemId(i), Time = time };
            foreach (var modality in dataset.Features)
            {
                if (!modality.Present[i])
                    continue;
                var vector = new FeatureVector();
                vector.Values.Capacity = modality.Dimension;
                vector.Values.AddRange(modality.ToFloats(i));
                item.Features.Add(modality.Name, vector);
            }
            yield return new Event { Item = item };
        }
    }

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

    private static string Id(Dataset dataset, string part, int row) => string.Create(CultureInfo.InvariantCulture, $"{dataset.Name}-{part}-{row}");

    private static Timestamp TimeOf(long milliseconds) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}
