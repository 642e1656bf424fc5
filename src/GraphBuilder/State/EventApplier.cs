using System.Text;
using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>Where an event becomes an edge: reads a Kafka record, checks the rules of events.proto, and changes the state.</summary>
/// <param name="topics">Which topic holds what.</param>
/// <param name="types">What interactions count for.</param>
/// <param name="state">What is changed.</param>
internal sealed class EventApplier(KafkaTopics topics, EventTypes types, GraphState state)
{
    // Events may be ahead of their record, and still a date.
    private static readonly long LatestWritten = (DateTimeOffset.MaxValue - EventRules.MaxAhead).ToUnixTimeMilliseconds();

    /// <summary>Interactions that changed something since the start.</summary>
    public long Interactions { get; private set; }

    public UnnamedTypes UnnamedTypes { get; } = new();

    /// <summary>Takes in one record; one without a time is taken as written now.</summary>
    /// <returns>Why it can't be used (for the dead-letter topic), or null.</returns>
    public string? Apply(ConsumeResult<byte[], byte[]> record)
    {
        var (message, time) = (record.Message, record.Message.Timestamp);
        if (time.Type == TimestampType.NotAvailable)
            return Apply(record.Topic, record.Partition.Value, message.Key, message.Value, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), record.Offset.Value);
        // Any producer may set it to anything.
        return time.UnixTimestampMs >= 0 && time.UnixTimestampMs <= LatestWritten
            ? Apply(record.Topic, record.Partition.Value, message.Key, message.Value, time.UnixTimestampMs, record.Offset.Value)
            : $"The record's Kafka timestamp is {time.UnixTimestampMs} ms after 1970; 0 to {LatestWritten}.";
    }

    /// <inheritdoc cref="Apply(ConsumeResult{byte[], byte[]})"/>
    /// <param name="topic">Where the record comes from.</param>
    /// <param name="partition">Which of its partitions; the state has that shard, if it is one of interactions.</param>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its value.</param>
    /// <param name="written">When it was written, by Kafka's account, Unix milliseconds.</param>
    /// <param name="offset">Its place in the partition.</param>
    public string? Apply(string topic, int partition, byte[]? key, byte[]? value, long written, long offset)
    {
        try
        {
            if (topic != topics.Interactions)
                return value is null ? Tombstone(key, written) : Apply(EventCodec.ReadItem(value), written);
            if (value is null)
                return "The record has no value.";
            var shard = state.Shard(partition);
            if (!InteractionFields.TryRead(value, written, out var fields))
                return Apply(shard, EventCodec.ReadInteraction(value), written, offset);
            Touch(shard, fields.UserId, fields.ItemId, fields.Type, fields.Weight, fields.Time, written, offset);
            return null;
        }
        catch (ContractException e)
        {
            return e.Message;
        }
    }

    // Times are checked against when the record was written, not against now: the same record gets the same answer on every reading.
    private string? Apply(UserShard shard, InteractionEvent read, long written, long offset)
    {
        if (read.EventCase == InteractionEvent.EventOneofCase.UserErasure)
        {
            var erasure = read.UserErasure;
            if (EventRules.Check(erasure, Date(written)) is { } broken)
                return broken.ToString();
            shard.EraseUser(erasure.UserId, Clamp(erasure.Time, written));
            return null;
        }
        var interaction = read.Interaction;
        if (EventRules.Check(interaction, Date(written)) is { } violation)
            return violation.ToString();
        Touch(
            shard, Encoding.UTF8.GetBytes(interaction.UserId), Encoding.UTF8.GetBytes(interaction.ItemId), Encoding.UTF8.GetBytes(interaction.Type),
            interaction.HasWeight ? interaction.Weight : 1, Milliseconds(interaction.Time), written, offset);
        return null;
    }

    private void Touch(
        UserShard shard, ReadOnlySpan<byte> user, ReadOnlySpan<byte> item, ReadOnlySpan<byte> type, float weight, long time, long written, long offset)
    {
        if (!types.TryGet(type, out var meaning))
            UnnamedTypes.Add(type);
        // Both factors are above 0, and so their product must stay: 0 is what a pair that is not wanted has.
        var product = Math.Max(meaning.Weight * weight, float.Epsilon);
        if (!meaning.Ignored && shard.Touch(user, item, meaning.Kind, product, Math.Min(time, written), meaning.Types, offset))
            Interactions++;
    }

    private string? Apply(ItemEvent read, long written)
    {
        if (read.EventCase == ItemEvent.EventOneofCase.ItemDeletion)
        {
            var deletion = read.ItemDeletion;
            if (EventRules.Check(deletion, Date(written)) is { } broken)
                return broken.ToString();
            state.PutItem(deletion.ItemId, new() { Time = Clamp(deletion.Time, written), Deleted = true });
            return null;
        }
        var item = read.Item;
        if (EventRules.Check(item, Date(written)) is { } violation)
            return violation.ToString();
        state.PutItem(item.ItemId, new()
        {
            Time = Clamp(item.Time, written),
            Available = !item.HasAvailable || item.Available,
            Categories = [.. item.Categories],
            Attributes = state.AttributeNames.Of(item.Attributes),
            Features = [.. item.Features.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new ItemFeature(string.Intern(f.Key), ItemVector.Compact([.. f.Value.Values])))],
        });
        return null;
    }

    /// <summary>A record without a value is how a compacted topic says "deleted".</summary>
    private string? Tombstone(byte[]? key, long written)
    {
        if (key is null)
            return "The record has neither key nor value.";
        var id = Encoding.UTF8.GetString(key);
        if (EventRules.CheckId("key", id, EventRules.MaxIdBytes) is { } violation)
            return violation.ToString();
        state.PutItem(id, new() { Time = written, Deleted = true });
        return null;
    }

    private static DateTimeOffset Date(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    // An event's own time is never after its record: a shop's fast clock must not outlive a deletion or an erasure.
    private static long Clamp(Google.Protobuf.WellKnownTypes.Timestamp time, long written) => Math.Min(Milliseconds(time), written);

    private static long Milliseconds(Google.Protobuf.WellKnownTypes.Timestamp time) => time.Seconds * 1000 + time.Nanos / 1_000_000;
}
