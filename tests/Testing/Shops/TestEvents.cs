using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Testing.Shops;

/// <summary>Valid events to start from.</summary>
public static class TestEvents
{
    public static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Event Interaction(string id = "e1", string user = "ann", string item = "x", Action<Interaction>? change = null)
    {
        var interaction = new Interaction { EventId = id, UserId = user, ItemId = item, Type = "click", Time = Timestamp.FromDateTimeOffset(Time) };
        change?.Invoke(interaction);
        return new() { Interaction = interaction };
    }

    public static Event Item(string id = "e1", string item = "x", params (string Modality, int Dimension)[] features)
    {
        var @event = new Item { EventId = id, ItemId = item, Time = Timestamp.FromDateTimeOffset(Time) };
        foreach (var (modality, dimension) in features)
            @event.Features.Add(modality, new FeatureVector { Values = { Enumerable.Repeat(0.5f, dimension) } });
        return new() { Item = @event };
    }

    public static Event ItemDeletion(string id = "e1", string item = "x") =>
        new() { ItemDeletion = new() { EventId = id, ItemId = item, Time = Timestamp.FromDateTimeOffset(Time) } };

    public static Event UserErasure(string id = "e1", string user = "ann") =>
        new() { UserErasure = new() { EventId = id, UserId = user, Time = Timestamp.FromDateTimeOffset(Time) } };

    public static IngestRequest Request(params IEnumerable<Event> events) => new() { Events = { events } };

    public static IEnumerable<Event> Interactions(int count) =>
        Enumerable.Range(0, count).Select(i => Interaction($"e{i}", $"u{i % 97}", $"i{i % 31}"));
}
