using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Ingestor.Publishing;

/// <summary>Produces records to Kafka, a bounded number at a time, and tells a batch what became of each.</summary>
internal sealed partial class EventPublisher : IDisposable
{
    private static readonly TimeSpan QueueFullPause = TimeSpan.FromMilliseconds(10);

    private readonly Topics _topics;
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IngestorMetrics _metrics;
    private readonly ILogger<EventPublisher> _logger;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly SemaphoreSlim _permits;

    public EventPublisher(KafkaClients clients, Topics topics, IOptions<IngestorOptions> options, IngestorMetrics metrics, ILogger<EventPublisher> logger)
    {
        _topics = topics;
        _metrics = metrics;
        _logger = logger;
        Timeout = options.Value.ProduceTimeout;
        _permits = new(options.Value.MaxInFlight);
        _producer = clients.CreateProducer(c =>
        {
            c.MessageTimeoutMs = (int)Timeout.TotalMilliseconds;
            c.QueueBufferingMaxMessages = options.Value.MaxInFlight;
            c.QueueBufferingMaxKbytes = options.Value.MaxInFlightKiB;
            // Only the error of a delivery report is used.
            c.DeliveryReportFields = "none";
        });
    }

    /// <summary>How long the broker may take to acknowledge a record.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>Fails with a <see cref="KafkaException"/> when the producer can't go on; never completes otherwise.</summary>
    public Task Failure => _failure.Task;

    /// <summary>
    /// Produces one record, waiting for room until the deadline; the batch gets the result when the broker has answered. Records of one caller
    /// reach a partition in the order of the calls.
    /// </summary>
    /// <param name="batch">Receives the result.</param>
    /// <param name="index">The event's place in the batch.</param>
    /// <param name="eventId">The event's id.</param>
    /// <param name="record">What to write.</param>
    /// <param name="deadline">When waiting for room ends, in <see cref="Environment.TickCount64"/>.</param>
    /// <param name="cancellationToken">Ends the waiting for room; what was produced stays so.</param>
    public async ValueTask ProduceAsync(PendingBatch batch, int index, string eventId, EventRecord record, long deadline, CancellationToken cancellationToken)
    {
        if (!await TopicsExistAsync(deadline, cancellationToken))
        {
            batch.Fail(index, eventId, $"the broker could not be reached within {Timeout.TotalSeconds:0.#} s to set up its topics");
            return;
        }
        if (!await _permits.WaitAsync(Left(deadline), cancellationToken))
        {
            batch.FailForRoom(index, eventId, $"the broker was not fast enough: no room within {Timeout.TotalSeconds:0.#} s");
            return;
        }
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                _producer.Produce(record.Topic, new Message<byte[], byte[]> { Key = record.Key, Value = record.Value, Headers = batch.TraceHeaders }, report =>
                {
                    _permits.Release();
                    _metrics.Produced(Stopwatch.GetElapsedTime(start));
                    Settle(batch, index, eventId, report.Error);
                });
                return;
            }
            catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull && Left(deadline) > 0)
            {
                // Too many bytes in flight: acknowledgements make room.
            }
            catch (ProduceException<byte[], byte[]> e)
            {
                _permits.Release();
                Settle(batch, index, eventId, e.Error);
                return;
            }
            try
            {
                await Task.Delay(QueueFullPause, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                _permits.Release();
                throw;
            }
        }
    }

    /// <summary>Waits for what is in flight.</summary>
    public void Dispose()
    {
        _producer.Flush(Timeout);
        _producer.Dispose();
        _permits.Dispose();
    }

    private async ValueTask<bool> TopicsExistAsync(long deadline, CancellationToken cancellationToken)
    {
        if (_topics.Ready.IsCompletedSuccessfully)
            return true;
        try
        {
            await _topics.Ready.WaitAsync(TimeSpan.FromMilliseconds(Left(deadline)), cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Tells the batch what became of a record.</summary>
    internal void Settle(PendingBatch batch, int index, string eventId, Error error)
    {
        if (!error.IsError)
            batch.Accept(index, eventId);
        else if (error.Code is ErrorCode.MsgSizeTooLarge or ErrorCode.InvalidRecord)
            batch.Reject(index, eventId, "event", $"the broker refuses it: {error.Reason}");
        else
            batch.Fail(index, eventId, $"the broker did not take it: {error.Reason}");
        // An idempotent producer that was fenced or lost its sequence can't go on; a new process can.
        if (error.IsFatal && _failure.TrySetException(new KafkaException(error)))
            LogFatal(error.Reason);
    }

    private static int Left(long deadline) => (int)Math.Clamp(deadline - Environment.TickCount64, 0, int.MaxValue);

    [LoggerMessage(1002, LogLevel.Critical, "The Kafka producer can't go on, stopping: {Reason}")]
    private partial void LogFatal(string reason);
}
