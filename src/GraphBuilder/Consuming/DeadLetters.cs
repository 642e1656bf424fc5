using Confluent.Kafka;
using Google.Protobuf;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>Sends records that can't be used to the dead-letter topic, whole and with the reason.</summary>
internal sealed class DeadLetters(KafkaClients clients, RetryPolicy retry) : IDisposable
{
    // Counted before compression; the broker's own limit is the one that matters.
    private const int MaxMessageBytes = 64 * 1024 * 1024;

    private readonly Lazy<IProducer<byte[], byte[]>> _producer = new(() => clients.CreateProducer(config => config.MessageMaxBytes = MaxMessageBytes));

    /// <summary>Returns when the broker has all of them; retries until it does.</summary>
    /// <exception cref="KafkaException">The producer can't go on.</exception>
    public Task WriteAsync(IReadOnlyList<(ConsumeResult<byte[], byte[]> Record, string Reason)> letters, CancellationToken cancellationToken) => retry.ExecuteAsync(
        "write dead letters",
        token => Task.WhenAll(letters.Select(l => WriteAsync(Describe(l.Record, l.Reason), l.Record.Message.Key, token))),
        cancellationToken);

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
            // A record that was just small enough is too large together with its description. Without its value it still says where to find it, and
            // no longer blocks those after it.
            letter.Reason += $" (Its value of {letter.Value.Length} bytes is left out: too large for the dead-letter topic.)";
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
