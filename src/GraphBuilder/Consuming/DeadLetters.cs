using Confluent.Kafka;
using Google.Protobuf;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Hosting.Kafka;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>Puts records that can't be used into the dead-letter topic, whole and with the reason.</summary>
internal sealed class DeadLetters(KafkaClients clients) : IDisposable
{
    private readonly Lazy<IProducer<byte[], byte[]>> _producer = new(() => clients.CreateProducer());

    /// <summary>Returns when the broker has all of them.</summary>
    /// <exception cref="KafkaException">It did not take one.</exception>
    public Task WriteAsync(IEnumerable<(ConsumeResult<byte[], byte[]> Record, string Reason)> letters, CancellationToken cancellationToken) =>
        Task.WhenAll(letters.Select(l => _producer.Value.ProduceAsync(
            clients.Topics.DeadLetters,
            new Message<byte[], byte[]> { Key = l.Record.Message.Key, Value = Describe(l.Record, l.Reason).ToByteArray() },
            cancellationToken)));

    public void Dispose()
    {
        if (_producer.IsValueCreated)
            _producer.Value.Dispose();
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
