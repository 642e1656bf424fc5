using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Graphs;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.GraphBuilder.UnitTests;

/// <summary>A random shop's records, and what the GraphBuilder makes of them.</summary>
internal static class Shop
{
    public static readonly KafkaTopics Topics = new();
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public static GraphSettings Settings(int maxUsersPerItem = 0) => new() { UserNeighbors = 4, ItemNeighbors = 3, MaxUsersPerItem = maxUsersPerItem };

    public static GraphState NewState(int maxUsersPerItem = 0) => new(new IncrementalCooccurrence.Limits(4, 3, maxUsersPerItem));

    /// <summary>One record of either topic.</summary>
    public sealed record Record(string Topic, string Key, byte[]? Value, DateTimeOffset Written);

    /// <summary>Interactions, items, deletions, erasures and tombstones, many of them about the same few ids and times.</summary>
    public static List<Record> Records(int seed, int count = 250)
    {
        var random = new Random(seed);
        var records = new List<Record>();
        for (var n = 0; n < count; n++)
        {
            var user = $"u{random.Next(12)}";
            var item = $"i{(int)(15 * Math.Pow(random.NextDouble(), 2))}";
            records.Add(random.Next(40) switch
            {
                0 => Erase(user, random.Next(60), $"e{n}"),
                1 or 2 => Delete(item, random.Next(60), $"e{n}"),
                3 => new(Topics.Items, item, null, At(random.Next(60)).ToDateTimeOffset()),
                < 10 => Describe(item, random.Next(60), $"e{n}", random),
                _ => Touch(user, item, random.Next(60), $"e{n}", random.Next(1, 5)),
            });
        }
        return records;
    }

    public static Record Touch(string user, string item, int second, string eventId, float weight = 1) => new(Topics.Interactions, user,
        EventCodec.Write(new Interaction { EventId = eventId, UserId = user, ItemId = item, Type = "click", Weight = weight, Time = At(second) }), Now);

    public static Record Erase(string user, int second, string eventId = "erase") => new(Topics.Interactions, user,
        EventCodec.Write(new UserErasure { EventId = eventId, UserId = user, Time = At(second) }), Now);

    public static Record Delete(string item, int second, string eventId = "delete") => new(Topics.Items, item,
        EventCodec.Write(new ItemDeletion { EventId = eventId, ItemId = item, Time = At(second) }), Now);

    public static Record Describe(string item, int second, string eventId, Random? random = null, params float[] image)
    {
        var described = new Item { EventId = eventId, ItemId = item, Time = At(second), Categories = { $"c{random?.Next(3)}" } };
        if (random?.Next(4) == 0)
            described.Available = false;
        if (random is not null && random.Next(5) != 0)
            image = [.. Enumerable.Range(0, 6).Select(_ => random.NextSingle())];
        if (image.Length > 0)
            described.Features["image"] = new FeatureVector { Values = { image } };
        return new(Topics.Items, item, EventCodec.Write(described), Now);
    }

    public static Google.Protobuf.WellKnownTypes.Timestamp At(int second) => new() { Seconds = 1_600_000_000 + second };

    public static long Milliseconds(int second) => At(second).Seconds * 1000;

    /// <returns>Why it was refused, or null.</returns>
    public static string? Apply(GraphState state, Record record) =>
        new EventApplier(Topics, state).Apply(record.Topic, System.Text.Encoding.UTF8.GetBytes(record.Key), record.Value, record.Written);

    public static GraphState Build(IEnumerable<Record> records, int maxUsersPerItem = 0)
    {
        var state = NewState(maxUsersPerItem);
        foreach (var record in records)
            Assert.Null(Apply(state, record));
        return state;
    }

    public static GraphSnapshot Cut(GraphState state, int maxUsersPerItem = 0) => SnapshotCutter.Cut(state, Settings(maxUsersPerItem), [], default);

    public static string Hash(GraphState state, int maxUsersPerItem = 0) => Cut(state, maxUsersPerItem).Info.Hash;

    /// <summary>The hash of the same content with every graph cut anew.</summary>
    public static string HashCutAnew(GraphSnapshot snapshot, int maxUsersPerItem = 0) => SnapshotAssembler.Assemble(new()
    {
        UserIds = snapshot.UserIds,
        ItemIds = snapshot.ItemIds,
        Categories = snapshot.Categories,
        Available = snapshot.Available,
        Interactions = snapshot.Interactions,
        Modalities = snapshot.Modalities,
    }, Settings(maxUsersPerItem)).Info.Hash;
}
