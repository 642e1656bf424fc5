using Confluent.Kafka;
using Google.Protobuf;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>Sends records that can't be used to the dead-letter topic, whole if the broker takes them, and with the reason.</summary>
internal sealed class DeadLetters(KafkaClients clients, RetryPolicy retry) : IDisposable
{
    // Counted before compression; the broker's own limit is the one that matters.
    private const int MaxMessageBytes = 64 * 1024 * 1024;

    private readonly Lazy<IProducer<byte[], byte[]>> _producer = new(() => clients.CreateProducer(config => config.MessageMaxBytes = MaxMessageBytes));

    /// <summary>Returns when the broker has all of them; retries until it does.</summary>
    /// <exception cref="KafkaException">The producer can't go on.</exception>
    public Task WriteAsync(IReadOnlyList<(ConsumeResult<byte[], byte[]> Record, string Reason)> letters, CancellationToken cancellationToken) => retry.ExecuteAsync(
        "write dead letters",
        token => Task.WhenAll(letters.Select(l => WriteAsync(Describe(l.Record, l.Reason), token))),
        cancellationToken);

    public void Dispose()
    {
        if (_producer.IsValueCreated)
            _producer.Value.Dispose();
    }

    private async Task WriteAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        try
        {
            await _producer.Value.ProduceAsync(clients.Topics.DeadLetters, new() { Key = letter.Key.ToByteArray(), Value = letter.ToByteArray() }, cancellationToken);
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.MsgSizeTooLarge && Shorten(letter))
        {
            await WriteAsync(letter, cancellationToken);
        }
    }

    /// <summary>
    /// A record that was just small enough is too large together with its description. Without its value, or with a part of its key, it still says
    /// where to find it, and no longer blocks those after it.
    /// </summary>
    /// <returns>False when there is nothing left to leave out.</returns>
    private static bool Shorten(DeadLetter letter)
    {
        if (!letter.Value.IsEmpty)
        {
            letter.Reason += $" (Its value of {letter.Value.Length} bytes is left out: too large for the dead-letter topic.)";
            letter.Value = ByteString.Empty;
            return true;
        }
        if (letter.Key.Length <= EventRules.MaxIdBytes)
            return false;
        letter.Reason += $" (Of its key of {letter.Key.Length} bytes the first {EventRules.MaxIdBytes} are kept: too large for the dead-letter topic.)";
        letter.Key = ByteString.CopyFrom(letter.Key.Span[..EventRules.MaxIdBytes]);
        return true;
    }

    private static DeadLetter Describe(ConsumeResult<byte[], byte[]> record, string reason) => new()
    {
        Version = EventCodec.Version,
        SourceTopic = record.Topic,
        SourcePartition = record.Partition.Value,
        SourceOffset = record.Offset.Value,
        Key = ByteString.CopyFrom(record.Message.Key ?? []),
        Value = ByteString.CopyFrom(record.Message.Value ?? []),
        Reason = reason,
        Service = "graph-builder",
        Time = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(DateTime.UtcNow),
    };
}
