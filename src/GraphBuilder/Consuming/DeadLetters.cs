using Confluent.Kafka;
using Google.Protobuf;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>Puts records that can't be used into the dead-letter topic, whole and with the reason.</summary>
internal sealed class DeadLetters(KafkaClients clients) : IDisposable
{
    private readonly Lazy<IProducer<byte[], byte[]>> _producer = new(() => clients.CreateProducer(config =>
        // Compression comes after this limit; the broker's own is what counts.
        config.MessageMaxBytes = 64 * 1024 * 1024));

    /// <summary>Returns when the broker has all of them.</summary>
    /// <exception cref="KafkaException">It did not take one.</exception>
    public Task WriteAsync(IEnumerable<(ConsumeResult<byte[], byte[]> Record, string Reason)> letters, CancellationToken cancellationToken) =>
        Task.WhenAll(letters.Select(l => WriteAsync(Describe(l.Record, l.Reason), l.Record.Message.Key, cancellationToken)));

    public void Dispose()
    {
        if (_producer.IsValueCreated)
            _producer.Value.Dispose();
    }

    private async Task WriteAsync(DeadLetter letter, byte[]? key, CancellationToken cancellationToken)
    {
        try
        {
            await _producer.Value.ProduceAsync(clients.Topics.DeadLetters, new() { Key = key!, Value = letter.ToByteArray() }, cancellationToken);
        }
        catch (KafkaException e) when (e.Error.Code is ErrorCode.MsgSizeTooLarge && !letter.Value.IsEmpty)
        {
            // A record that was just small enough is too large with its description: say where it is, or it would hold up all others.
            letter.Reason += $" (Its value of {letter.Value.Length} bytes is left out, being too large for the dead-letter topic.)";
            letter.Value = ByteString.Empty;
            await WriteAsync(letter, key, cancellationToken);
        }
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
