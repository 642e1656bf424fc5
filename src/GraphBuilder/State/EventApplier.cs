using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>Where an event becomes an edge: reads a Kafka record, checks the rules of events.proto, and changes the state.</summary>
/// <param name="topics">Which topic holds what.</param>
/// <param name="state">What is changed.</param>
internal sealed class EventApplier(KafkaTopics topics, GraphState state)
{
    // Events may be ahead of their record, and still a date.
    private static readonly long LatestWritten = (DateTimeOffset.MaxValue - EventRules.MaxAhead).ToUnixTimeMilliseconds();

    /// <summary>Interactions taken in (added, or newer than what was known) since the start.</summary>
    public long Interactions { get; private set; }

    /// <summary>Takes in one record; one without a time is taken as written now.</summary>
    /// <returns>Why it can't be used (for the dead-letter topic), or null.</returns>
    public string? Apply(ConsumeResult<byte[], byte[]> record)
    {
        var (message, time) = (record.Message, record.Message.Timestamp);
        if (time.Type == TimestampType.NotAvailable)
            return Apply(record.Topic, message.Key, message.Value, DateTimeOffset.UtcNow);
        // Any producer may set it to anything.
        return time.UnixTimestampMs >= 0 && time.UnixTimestampMs <= LatestWritten
            ? Apply(record.Topic, message.Key, message.Value, DateTimeOffset.FromUnixTimeMilliseconds(time.UnixTimestampMs))
            : $"The record's Kafka timestamp is {time.UnixTimestampMs} ms after 1970; 0 to {LatestWritten}.";
    }

    /// <inheritdoc cref="Apply(ConsumeResult{byte[], byte[]})"/>
    /// <param name="topic">Where the record comes from.</param>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="written">When it was written, by Kafka's account.</param>
    public string? Apply(string topic, byte[]? key, byte[]? value, DateTimeOffset written)
    {
        try
        {
            if (topic == topics.Interactions)
                return value is null ? "The record has no value." : Apply(EventCodec.ReadInteraction(value), written);
            return value is null ? Tombstone(key, written) : Apply(EventCodec.ReadItem(value), written);
        }
        catch (ContractException e)
        {
            return e.Message;
        }
    }

    // Times are checked against when the record was written, not against now: the same record gets the same answer on every reading.
    private string? Apply(InteractionEvent read, DateTimeOffset written)
    {
        if (read.EventCase == InteractionEvent.EventOneofCase.UserErasure)
        {
            var erasure = read.UserErasure;
            if (EventRules.Check(erasure, written) is { } broken)
                return broken.ToString();
            state.EraseUser(erasure.UserId, Milliseconds(erasure.Time));
            return null;
        }
        var interaction = read.Interaction;
        if (EventRules.Check(interaction, written) is { } violation)
            return violation.ToString();
        var touch = new PairTouch(Milliseconds(interaction.Time), StableHash.Of(interaction.EventId), interaction.HasWeight ? interaction.Weight : 1);
        if (state.Touch(interaction.UserId, interaction.ItemId, touch) != TouchResult.Stale)
            Interactions++;
        return null;
    }

    private string? Apply(ItemEvent read, DateTimeOffset written)
    {
        if (read.EventCase == ItemEvent.EventOneofCase.ItemDeletion)
        {
            var deletion = read.ItemDeletion;
            return EventRules.Check(deletion, written) is { } broken
                ? broken.ToString()
                : state.PutItem(deletion.ItemId, new() { Time = Milliseconds(deletion.Time), EventHash = StableHash.Of(deletion.EventId), Deleted = true });
        }
        var item = read.Item;
        return EventRules.Check(item, written) is { } violation
            ? violation.ToString()
            : state.PutItem(item.ItemId, new()
            {
                Time = Milliseconds(item.Time),
                EventHash = StableHash.Of(item.EventId),
                Available = !item.HasAvailable || item.Available,
                Categories = [.. item.Categories],
                Features = item.Features.ToDictionary(f => f.Key, f => f.Value.Values.ToArray()),
            });
    }

    /// <summary>A record without a value is how a compacted topic says "deleted"; its time is the record's. Against an item of the same time it wins.</summary>
    private string? Tombstone(byte[]? key, DateTimeOffset written)
    {
        if (key is null)
            return "The record has neither key nor value.";
        var id = System.Text.Encoding.UTF8.GetString(key);
        return EventRules.CheckId("key", id, EventRules.MaxIdBytes) is { } violation
            ? violation.ToString()
            : state.PutItem(id, new() { Time = written.ToUnixTimeMilliseconds(), EventHash = ulong.MaxValue, Deleted = true });
    }

    private static long Milliseconds(Google.Protobuf.WellKnownTypes.Timestamp time) => time.Seconds * 1000 + time.Nanos / 1_000_000;
}
