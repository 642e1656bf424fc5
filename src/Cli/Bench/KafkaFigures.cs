using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Client;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// Catching up: a GraphBuilder as it runs in production reads a backlog from Kafka, with live state in Redis; in turns with a consumer that reads the same
/// and does nothing else, so that whatever else the machine does falls on both alike.
/// </summary>
internal static class KafkaFigures
{
    private const int Partitions = 4;

    // After one that only warms up: what counts is reading a backlog of hours, not the first seconds of a process.
    private const int Rounds = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Writes a backlog to topics of its own, and reads it.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="kafka">Brokers.</param>
    /// <param name="redis">Redis's configuration.</param>
    /// <param name="records">Records of the backlog.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task MeasureAsync(Figures figures, string kafka, string redis, int records, CancellationToken cancellationToken)
    {
        var prefix = $"rearm-bench-{Guid.NewGuid():N}";
        var clients = new KafkaClients(Options.Create(new KafkaOptions { BootstrapServers = kafka, TopicPrefix = prefix }), NullLogger<KafkaClients>.Instance);
        string[] flags =
        [
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Kafka:BootstrapServers={kafka}", $"--Kafka:TopicPrefix={prefix}", $"--Kafka:Partitions={Partitions}",
            $"--Redis:Configuration={redis}", "--Logging:LogLevel:Default=Warning",
            // None is due while there is a backlog, and at its end it would take the time of the round that follows.
            "--GraphBuilder:SnapshotInterval=00:00:00", "--GraphBuilder:SnapshotEveryInteractions=0",
        ];
        await CreateTopicsAsync([.. flags, $"--Redis:KeyPrefix={prefix}"], cancellationToken);
        figures.Say($"writing {records:N0} records to {kafka}");
        var seconds = await ProduceAsync(clients, records, figures.Begin($"Writing to {kafka}", "records", records), cancellationToken);
        figures.Add("kafka.produced_per_second", records / seconds, "records/s, acks=all, one producer");

        var (bare, ours) = (new List<Reading>(), new List<Reading>());
        for (var round = 0; round <= Rounds; round++)
        {
            figures.Begin($"Reading alone, round {round} of {Rounds}");
            bare.Add(await Task.Run(() => ReadAlone(clients, cancellationToken), cancellationToken));
            var progress = figures.Begin($"Catching up, round {round} of {Rounds}", "records", records);
            ours.Add(await CatchUpAsync([.. flags, $"--Redis:KeyPrefix={prefix}-{round}"], records, progress, cancellationToken));
        }
        figures.Add("kafka.interactions_per_second", Median(ours, r => records / r.Seconds), $"records/s, a backlog of {records:N0}, median of {Rounds}");
        figures.Add("kafka.cpu_seconds_per_million", Median(ours, r => r.CpuSeconds * 1e6 / records), "s, this process, over all cores");
        figures.Add("kafka.bare_consumer_per_second", Median(bare, r => records / r.Seconds), "records/s, a consumer that does nothing else");
        figures.Add("kafka.bare_consumer_cpu_seconds_per_million", Median(bare, r => r.CpuSeconds * 1e6 / records), "s");
    }

    private static double Median(IEnumerable<Reading> readings, Func<Reading, double> figure) => readings.Skip(1).Select(figure).Order().ElementAt(Rounds / 2);

    private static async Task<Reading> CatchUpAsync(string[] flags, int records, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        await using var folder = new TemporaryFolder();
        await using var reading = GraphBuilderHost.Build([.. flags, $"--GraphBuilder:CheckpointDirectory={folder.Path}"]);
        var time = new CpuTime();
        await reading.StartAsync(cancellationToken);
        using var status = new GraphBuilderClient(ServiceEndpoints.Of(reading).Grpc);
        // Connecting is not reading: it counts from the last look at which nothing had been read.
        var started = new Reading(0, 0);
        for (var read = 0L; read < records;)
        {
            read = (await status.GetStatusAsync(cancellationToken)).RecordsRead;
            if (reading.Lifetime.ApplicationStopping.IsCancellationRequested)
                throw new InvalidOperationException("The GraphBuilder has stopped; its log says why.");
            progress?.Report(read);
            if (read == 0)
                started = new(time.Seconds, time.CpuSeconds);
            await Task.Delay(20, cancellationToken);
        }
        var taken = new Reading(time.Seconds - started.Seconds, time.CpuSeconds - started.CpuSeconds);
        await reading.StopAsync(cancellationToken);
        return taken;
    }

    // Without a group, so that nothing but fetching is in it.
    private static Reading ReadAlone(KafkaClients clients, CancellationToken cancellationToken)
    {
        using var consumer = clients.CreateConsumer($"{clients.Topics.Prefix}.bench", TopicReader.Configure);
        var time = new CpuTime();
        _ = new LogSnapshot(consumer, clients.Topics.Interactions, Partitions, Patience).Read(cancellationToken).Count();
        var taken = new Reading(time.Seconds, time.CpuSeconds);
        consumer.Close();
        return taken;
    }

    private static async Task CreateTopicsAsync(string[] flags, CancellationToken cancellationToken)
    {
        await using var folder = new TemporaryFolder();
        await using var builder = GraphBuilderHost.Build([.. flags, $"--GraphBuilder:CheckpointDirectory={folder.Path}"]);
        await builder.StartAsync(cancellationToken);
        using var client = new GraphBuilderClient(ServiceEndpoints.Of(builder).Grpc);
        // It has created them once it waits for records.
        while ((await client.GetStatusAsync(cancellationToken)).Lag < 0)
            await Task.Delay(50, cancellationToken);
        await builder.StopAsync(cancellationToken);
    }

    private static async Task<double> ProduceAsync(KafkaClients clients, int records, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using var producer = clients.CreateProducer(config => (config.LingerMs, config.QueueBufferingMaxMessages) = (20, 1_000_000));
        var shop = new SyntheticRecords(records / 10, Math.Max(1000, records / 100), seed: 2);
        var time = new CpuTime();
        await Task.Run(() =>
        {
            var failure = (Error?)null;
            for (var n = 0; n < records; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(n);
                var (key, value) = shop.Next();
                while (true)
                    try
                    {
                        producer.Produce(clients.Topics.Interactions, new() { Key = key, Value = value }, report => failure = report.Error.IsError ? report.Error : failure);
                        break;
                    }
                    catch (ProduceException<byte[], byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                    {
                        producer.Poll(TimeSpan.FromMilliseconds(10));
                    }
            }
            producer.Flush(cancellationToken);
            if (failure is not null)
                throw new InvalidOperationException($"Kafka refused records: {failure.Reason}");
        }, cancellationToken);
        return time.Seconds;
    }

    private sealed record Reading(double Seconds, double CpuSeconds);
}
