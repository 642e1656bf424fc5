using System.Text;
using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>What Kafka records say of impressions and clicks. What can't be used says nothing: the dead letters are the graphs' business.</summary>
/// <param name="types">Which interactions are clicks: those that count for something.</param>
internal sealed class RecordReading(EventTypes types)
{
    public static Shown ReadShown(ConsumeResult<byte[], byte[]> record)
    {
        try
        {
            var impression = EventCodec.ReadImpression(record.Message.Value);
            return new(record.Offset.Value, TimeOf(record), IsDate(impression.Time) ? impression : null);
        }
        catch (ContractException)
        {
            return new(record.Offset.Value, TimeOf(record), null);
        }
    }

    public Click ReadClick(ConsumeResult<byte[], byte[]> record)
    {
        var (offset, time, value) = (record.Offset.Value, TimeOf(record), record.Message.Value);
        if (InteractionFields.TryRead(value, time, out var fields))
            return IsClick(fields.Type) ? new(offset, time, PartitionJoin.Hash(fields.UserId), PartitionJoin.Hash(fields.ItemId)) : new(offset, time, 0, 0);
        try
        {
            var read = EventCodec.ReadInteraction(value);
            if (read.EventCase == InteractionEvent.EventOneofCase.UserErasure)
                return new(offset, time, Hash(read.UserErasure.UserId), 0);
            var interaction = read.Interaction;
            return IsClick(Encoding.UTF8.GetBytes(interaction.Type))
                ? new(offset, time, Hash(interaction.UserId), Hash(interaction.ItemId))
                : new(offset, time, 0, 0);
        }
        catch (ContractException)
        {
            return new(offset, time, 0, 0);
        }
    }

    private bool IsClick(ReadOnlySpan<byte> type)
    {
        types.TryGet(type, out var meaning);
        return !meaning.Ignored && meaning.Kind == PairKind.Positive;
    }

    // Any producer may have set it to anything; without one it is the record's.
    private static bool IsDate(Google.Protobuf.WellKnownTypes.Timestamp? time) =>
        time is null || (time.Seconds >= 0 && time.Seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() && time.Nanos is >= 0 and <= 999_999_999);

    private static long TimeOf(ConsumeResult<byte[], byte[]> record) => Math.Max(0, record.Message.Timestamp.UnixTimestampMs);

    private static ulong Hash(string id) => PartitionJoin.Hash(Encoding.UTF8.GetBytes(id));
}
