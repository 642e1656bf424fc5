using System.Text;
using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using KafkaTimestamp = Confluent.Kafka.Timestamp;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Rearm.Streaming.Testing.Shops;

/// <summary>One record of the items or the interactions topic, as the Ingestor writes it.</summary>
/// <param name="IsItem">Whether it belongs to the items topic.</param>
/// <param name="Key">The item's or the user's id.</param>
/// <param name="Value">The event; null for a tombstone.</param>
/// <param name="Written">The record's timestamp.</param>
public sealed record ShopRecord(bool IsItem, string Key, byte[]? Value, DateTimeOffset Written)
{
    private static readonly DateTimeOffset Opening = DateTimeOffset.FromUnixTimeSeconds(1_600_000_000);

    /// <summary>When records are written, unless they say otherwise: later than any of their events.</summary>
    public static DateTimeOffset Now { get; } = Opening.AddYears(3);

    /// <summary>The time that many seconds after the shop's opening.</summary>
    public static Timestamp At(int second) => Timestamp.FromDateTimeOffset(Opening.AddSeconds(second));

    /// <summary>An interaction.</summary>
    public static ShopRecord Touch(string user, string item, int second, string eventId, float weight = 1, string type = "click") => new(
        false, user, EventCodec.Write(new Interaction { EventId = eventId, UserId = user, ItemId = item, Type = type, Weight = weight, Time = At(second) }), Now);

    /// <summary>The erasure of a user.</summary>
    public static ShopRecord Erase(string user, int second, string eventId = "erase") =>
        new(false, user, EventCodec.Write(new UserErasure { EventId = eventId, UserId = user, Time = At(second) }), Now);

    /// <summary>The deletion of an item, as an event.</summary>
    public static ShopRecord Delete(string item, int second, string eventId = "delete") =>
        new(true, item, EventCodec.Write(new ItemDeletion { EventId = eventId, ItemId = item, Time = At(second) }), Now);

    /// <summary>The deletion of an item as compaction knows it: a record without a value.</summary>
    public static ShopRecord Tombstone(string item, int second) => new(true, item, null, At(second).ToDateTimeOffset());

    /// <summary>The description of an item with an image vector, if one is given.</summary>
    public static ShopRecord Describe(string item, int second, string eventId, params float[] image)
    {
        var described = new Item { EventId = eventId, ItemId = item, Time = At(second) };
        if (image.Length > 0)
            described.Features["image"] = new FeatureVector { Values = { image } };
        return Describe(described);
    }

    /// <summary>The description of an item.</summary>
    public static ShopRecord Describe(Item item) => new(true, item.ItemId, EventCodec.Write(item), Now);

    /// <summary>The topic it belongs to.</summary>
    public string TopicOf(KafkaTopics topics) => IsItem ? topics.Items : topics.Interactions;

    /// <summary>The message to produce.</summary>
    public Message<byte[], byte[]?> ToMessage() => new() { Key = Encoding.UTF8.GetBytes(Key), Value = Value, Timestamp = new KafkaTimestamp(Written) };
}
