using System.Diagnostics.Metrics;
using System.Text;
using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Server.Impressions;

/// <summary>
/// Sends what users are shown to Kafka, from a bounded queue in the client's memory: an answer never waits for it. What finds the queue full, or is not taken
/// by the broker in time, is dropped and counted.
/// </summary>
internal sealed partial class KafkaImpressions : BackgroundService, IImpressions
{
    private static readonly TimeSpan DeliveryTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(5);

    private readonly KafkaClients _clients;
    private readonly TopicSetup _topics;
    private readonly TimeProvider _time;
    private readonly ILogger<KafkaImpressions> _logger;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly Counter<long> _recorded;
    private volatile bool _isReady;

    public KafkaImpressions(
        KafkaClients clients, TopicSetup topics, IOptions<ServerOptions> options, IMeterFactory meters, TimeProvider time, ILogger<KafkaImpressions> logger)
    {
        (_clients, _topics, _time, _logger) = (clients, topics, time, logger);
        _recorded = meters.Create(ServerMetrics.MeterName).CreateCounter<long>(
            "rearm.server.impressions", "{answer}", "Answers for the topic of impressions, by outcome: written, or dropped because Kafka did not take them.");
        _producer = clients.CreateProducer(config =>
        {
            config.QueueBufferingMaxMessages = options.Value.MaxWaitingImpressions;
            config.MessageTimeoutMs = (int)DeliveryTime.TotalMilliseconds;
            // One that is lost or comes twice is no harm; a producer that must be restarted because it could not keep an order would be.
            config.EnableIdempotence = false;
            config.LingerMs = 50;
            config.DeliveryReportFields = "none";
        });
    }

    public bool AreOn => true;

    /// <summary>Whether the topic is there; before that everything is dropped.</summary>
    public bool IsReady => _isReady;

    public void Record(string userId, RecommendResponse response, int position)
    {
        if (response.Items.Count == 0)
            return;
        var impression = new Impression
        {
            RequestId = $"{Guid.NewGuid():n}",
            UserId = userId,
            Position = position,
            Generation = response.Generation?.Number ?? 0,
            Experiment = response.Experiment,
            Arm = response.Arm,
            Time = _time.GetUtcNow().ToTimestamp(),
        };
        foreach (var item in response.Items)
            impression.ItemIds.Add(item.ItemId);
        response.RequestId = impression.RequestId;
        try
        {
            // Before the topic is there: a broker that creates topics by itself would give it another number of partitions.
            if (_isReady)
                _producer.Produce(
                    _clients.Topics.Impressions, new() { Key = Encoding.UTF8.GetBytes(userId), Value = EventCodec.Write(impression) },
                    report => Count(report.Error.IsError ? "dropped" : "written"));
            else
                Count("dropped");
        }
        catch (KafkaException)
        {
            Count("dropped");
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var partitions = await _topics.EnsureWithImpressionsAsync(stoppingToken);
            var (impressions, interactions) = (partitions[_clients.Topics.Impressions], partitions[_clients.Topics.Interactions]);
            if (impressions != interactions)
                LogPartitions(_clients.Topics.Impressions, impressions, _clients.Topics.Interactions, interactions);
            _isReady = true;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The Server is stopping before Kafka was there.
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Task.Run(() => _producer.Flush(FlushTime), CancellationToken.None);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _producer.Dispose();
        base.Dispose();
    }

    private void Count(string outcome) => _recorded.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    [LoggerMessage(
        4031, LogLevel.Warning, "{Impressions} has {Count} partitions and {Interactions} {Other}, so GraphBuilders can't join them. Delete the first")]
    private partial void LogPartitions(string impressions, int count, string interactions, int other);
}
