using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Rearm.Streaming.Cli.DeadLetters;

/// <summary>
/// The dead-letter topic, read and worked off. What was done about a letter is kept in the topic itself: a record behind it in the same partition, without
/// a value, whose headers name the letter's offset and say "replayed" or "dropped". So it is gone no sooner than the letter, needs no state elsewhere,
/// and any letter can be handled before those in front of it, which offsets of a consumer group could not say.
/// </summary>
internal sealed class LetterBox(KafkaClients clients) : IDisposable
{
    /// <summary>What is said of a letter whose record was sent again.</summary>
    public const string Replayed = "replayed";

    /// <summary>What is said of a letter that nobody wants.</summary>
    public const string Dropped = "dropped";

    private const string HandledHeader = "rearm-handled";
    private const string OffsetHeader = "rearm-handled-offset";
    private const string FromHeader = "rearm-replayed-from";
    private const string Group = "rearm-dlq";
    private const int BatchSize = 100;
    private const int MaxMessageBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _topic = clients.Topics.DeadLetters;
    // One for all that is read by its offset, one after the other: connecting takes longer than reading.
    private readonly Lazy<IConsumer<byte[], byte[]>> _reader = new(() => clients.CreateConsumer(Group));
    private readonly Lazy<IProducer<byte[], byte[]>> _producer = new(() => clients.CreateProducer(c => c.MessageMaxBytes = MaxMessageBytes));

    /// <summary>The letters that a filter takes, in order of partition and offset, without their values.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <param name="progress">Asked once; told of records read.</param>
    /// <exception cref="CliException">There is no such topic, or it can't be read.</exception>
    public async Task<IReadOnlyList<StoredLetter>> FindAsync(LetterFilter filter, CancellationToken cancellation, ProgressOf? progress = null)
    {
        using var admin = clients.CreateAdmin();
        var partitions = await TopicSetup.PartitionsAsync(admin, _topic, cancellation);
        if (partitions == 0)
            throw new CliException($"There is no topic {_topic}; --topic-prefix says what its name begins with, and --kafka which Kafka has it.");
        try
        {
            // The client's calls block.
            var all = await Task.Run(() => ReadAll(partitions, progress, cancellation), cancellation);
            return [.. all.Where(filter.Takes).Take(filter.Limit)];
        }
        catch (TimeoutException e)
        {
            throw new CliException($"{e.Message} See whether all brokers are up (rearm doctor), then try again.", e);
        }
    }

    /// <summary>One letter, whole; null if the topic does not hold it any more.</summary>
    public async Task<StoredLetter?> ReadAsync(StoredLetter letter, CancellationToken cancellation) =>
        await Task.Run(() => ReadAt(_topic, letter.Partition, letter.Offset), cancellation) is { Message.Value: { } } record
            ? Describe(record) with { Handled = letter.Handled }
            : null;

    /// <summary>Sends the records of letters to the topics they came from, and says so of each that was sent.</summary>
    /// <param name="letters">As found.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <param name="progress">Asked once; told of letters done.</param>
    /// <returns>The letters that could not be sent, and why.</returns>
    public async Task<IReadOnlyList<(StoredLetter Letter, string Reason)>> ReplayAsync(
        IReadOnlyList<StoredLetter> letters, CancellationToken cancellation, ProgressOf? progress = null)
    {
        var (done, told) = (0, progress?.Invoke("Replaying", "letters", letters.Count));
        var refused = new List<(StoredLetter, string)>();
        foreach (var batch in letters.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            var sent = new List<StoredLetter>();
            var sending = new List<Task>();
            foreach (var letter in batch)
            {
                var (topic, message) = await OriginalAsync(letter, cancellation);
                if (message is null)
                {
                    refused.Add((letter, "neither the letter nor its topic holds the record's value any more"));
                    continue;
                }
                sent.Add(letter);
                // Not awaited one by one: the producer keeps the order within a partition.
                sending.Add(_producer.Value.ProduceAsync(topic, message, cancellation));
            }
            await Task.WhenAll(sending);
            // Only now: a crash in between sends some again, which event ids make harmless, and loses none.
            await MarkAsync(sent, Replayed);
            told?.Report(done += batch.Length);
        }
        return refused;
    }

    /// <summary>Says of letters that nobody wants them.</summary>
    /// <param name="letters">As found.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <param name="progress">Asked once; told of letters done.</param>
    public async Task DropAsync(IReadOnlyList<StoredLetter> letters, CancellationToken cancellation, ProgressOf? progress = null)
    {
        var (done, told) = (0, progress?.Invoke("Dropping", "letters", letters.Count));
        foreach (var batch in letters.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            await MarkAsync(batch, Dropped);
            told?.Report(done += batch.Length);
        }
    }

    public void Dispose()
    {
        if (_producer.IsValueCreated)
            _producer.Value.Dispose();
        if (_reader.IsValueCreated)
            _reader.Value.Dispose();
    }

    private List<StoredLetter> ReadAll(int partitions, ProgressOf? progress, CancellationToken cancellation)
    {
        var letters = new SortedDictionary<(int Partition, long Offset), StoredLetter>();
        var handled = new Dictionary<(int Partition, long Offset), string>();
        using var consumer = clients.CreateConsumer(Group);
        var snapshot = new LogSnapshot(consumer, _topic, partitions, Patience);
        var told = progress?.Invoke($"Reading {_topic}", "records", snapshot.Records);
        var read = 0L;
        foreach (var record in snapshot.Read(cancellation))
        {
            told?.Report(++read);
            if (record.Message.Headers is { } headers
                && headers.TryGetLastBytes(HandledHeader, out var what)
                && headers.TryGetLastBytes(OffsetHeader, out var offset)
                && long.TryParse(Encoding.ASCII.GetString(offset), NumberStyles.None, CultureInfo.InvariantCulture, out var at))
                handled[(record.Partition.Value, at)] = Encoding.ASCII.GetString(what);
            else
            {
                var letter = Describe(record);
                letter = letter with { Subject = SubjectOf(letter.Letter.Value) };
                // A topic may hold more than fits in memory.
                letter.Letter.Value = ByteString.Empty;
                letters[(letter.Partition, letter.Offset)] = letter;
            }
        }
        return [.. letters.Select(l => handled.TryGetValue(l.Key, out var what) ? l.Value with { Handled = what } : l.Value)];
    }

    private static StoredLetter Describe(ConsumeResult<byte[], byte[]> record)
    {
        DeadLetter letter;
        try
        {
            letter = EventCodec.ReadDeadLetter(record.Message.Value ?? []);
        }
        catch (ContractException e)
        {
            letter = new() { Reason = $"This is no dead letter: {e.Message}", Time = Timestamp.FromDateTime(record.Message.Timestamp.UtcDateTime) };
        }
        return new(record.Partition.Value, record.Offset.Value, letter, letter.Value.Length);
    }

    // Whatever else is wrong with the record, and whatever its key says.
    private static string? SubjectOf(ByteString value)
    {
        string? Try(Func<string?> read)
        {
            try
            {
                return read() is { Length: > 0 } id ? id : null;
            }
            catch (ContractException)
            {
                return null;
            }
        }
        return Try(() => EventCodec.ReadInteraction(value.Span) is { } e ? e.Interaction?.UserId ?? e.UserErasure?.UserId : null)
            ?? Try(() => EventCodec.ReadItem(value.Span) is { } e ? e.Item?.ItemId ?? e.ItemDeletion?.ItemId : null);
    }

    // The record itself, if its topic still holds it: with its own key, time and headers, and with a value that was too large for the letter.
    private async Task<(string Topic, Message<byte[], byte[]>? Message)> OriginalAsync(StoredLetter found, CancellationToken cancellation)
    {
        if (await ReadAsync(found, cancellation) is not { Letter: { SourceTopic.Length: > 0 } letter })
            return ("", null);
        var from = $"{_topic}/{found.Partition}/{found.Offset}";
        var record = await Task.Run(() => ReadAt(letter.SourceTopic, letter.SourcePartition, letter.SourceOffset), cancellation);
        if (record is not null)
        {
            var headers = record.Message.Headers ?? [];
            headers.Remove(FromHeader);
            headers.Add(FromHeader, Encoding.ASCII.GetBytes(from));
            // A time of the broker's, where the topic has those, can only be given as one of ours.
            var time = record.Message.Timestamp is { Type: not TimestampType.NotAvailable } known ? new(known.UtcDateTime) : Confluent.Kafka.Timestamp.Default;
            return (letter.SourceTopic, new() { Key = record.Message.Key, Value = record.Message.Value, Timestamp = time, Headers = headers });
        }
        if (letter.Value.IsEmpty)
            return (letter.SourceTopic, null);
        return (letter.SourceTopic, new()
        {
            Key = letter.Key.IsEmpty ? null! : letter.Key.ToByteArray(),
            Value = letter.Value.ToByteArray(),
            Timestamp = letter.Time is { } written ? new(written.ToDateTimeOffset()) : Confluent.Kafka.Timestamp.Default,
            Headers = new() { { FromHeader, Encoding.ASCII.GetBytes(from) } },
        });
    }

    private Task MarkAsync(IEnumerable<StoredLetter> letters, string what) => Task.WhenAll(letters.Select(letter => _producer.Value.ProduceAsync(
        new TopicPartition(_topic, letter.Partition),
        new()
        {
            Key = letter.Letter.Key.ToByteArray(),
            Value = null!,
            Headers = new()
            {
                { HandledHeader, Encoding.ASCII.GetBytes(what) },
                { OffsetHeader, Encoding.ASCII.GetBytes(letter.Offset.ToString(CultureInfo.InvariantCulture)) },
            },
        })));

    // Null if the topic does not hold it: removed, compacted, or the topic itself is gone.
    private ConsumeResult<byte[], byte[]>? ReadAt(string topic, int partition, long offset)
    {
        try
        {
            var range = _reader.Value.QueryWatermarkOffsets(new(topic, partition), Patience);
            if (offset < range.Low.Value || offset >= range.High.Value)
                return null;
            _reader.Value.Assign(new TopicPartitionOffset(topic, partition, offset));
            return _reader.Value.Consume(Patience) is { IsPartitionEOF: false } record && record.Offset == offset ? record : null;
        }
        catch (KafkaException e) when (
            e.Error.Code is ErrorCode.OffsetOutOfRange or ErrorCode.Local_AutoOffsetReset or ErrorCode.UnknownTopicOrPart
                or ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic)
        {
            return null;
        }
    }
}
