using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Client;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>Catching up: a GraphBuilder as it runs in production reads a backlog from Kafka, with live state in Redis.</summary>
internal static class KafkaFigures
{
    /// <summary>Writes a backlog to topics of its own, and reads it.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="kafka">Brokers.</param>
    /// <param name="redis">Redis's configuration.</param>
    /// <param name="records">Records of the backlog.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task MeasureAsync(Figures figures, string kafka, string redis, int records, CancellationToken cancellationToken)
    {
        var prefix = $"rearm-bench-{Guid.NewGuid():N}";
        await using var folder = new TemporaryFolder();
        string[] flags =
        [
            "--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Kafka:BootstrapServers={kafka}", $"--Kafka:TopicPrefix={prefix}", "--Kafka:Partitions=4",
            $"--Redis:Configuration={redis}", $"--Redis:KeyPrefix={prefix}", $"--GraphBuilder:CheckpointDirectory={folder.Path}", "--Logging:LogLevel:Default=Warning",
        ];
        await CreateTopicsAsync(flags, cancellationToken);
        figures.Say($"writing {records:N0} records to {kafka}");
        var seconds = await ProduceAsync(kafka, prefix, records, cancellationToken);
        figures.Add("kafka.produced_per_second", records / seconds, "records/s, acks=all, one producer");

        await using var reading = GraphBuilderHost.Build(flags);
        var time = new CpuTime();
        await reading.StartAsync(cancellationToken);
        using var status = new GraphBuilderClient(ServiceEndpoints.Of(reading).Grpc);
        // Connecting is not reading: it counts from the last look at which nothing had been read.
        var started = 0.0;
        for (var read = 0L; read < records;)
        {
            read = (await status.GetStatusAsync(cancellationToken)).RecordsRead;
            if (reading.Lifetime.ApplicationStopping.IsCancellationRequested)
                throw new InvalidOperationException("The GraphBuilder has stopped; its log says why.");
            if (read == 0)
                started = time.Seconds;
            await Task.Delay(20, cancellationToken);
        }
        figures.Add("kafka.interactions_per_second", records / (time.Seconds - started), $"records/s, a backlog of {records:N0}");
        await reading.StopAsync(cancellationToken);
    }

    private static async Task CreateTopicsAsync(string[] flags, CancellationToken cancellationToken)
    {
        await using var builder = GraphBuilderHost.Build(flags);
        await builder.StartAsync(cancellationToken);
        using var client = new GraphBuilderClient(ServiceEndpoints.Of(builder).Grpc);
        // It has created them once it waits for records.
        while ((await client.GetStatusAsync(cancellationToken)).Lag < 0)
            await Task.Delay(50, cancellationToken);
        await builder.StopAsync(cancellationToken);
    }

    private static async Task<double> ProduceAsync(string kafka, string prefix, int records, CancellationToken cancellationToken)
    {
        var clients = new KafkaClients(Options.Create(new KafkaOptions { BootstrapServers = kafka, TopicPrefix = prefix }), NullLogger<KafkaClients>.Instance);
        using var producer = clients.CreateProducer(config => (config.LingerMs, config.QueueBufferingMaxMessages) = (20, 1_000_000));
        var shop = new SyntheticRecords(records / 10, Math.Max(1000, records / 100), seed: 2);
        var time = new CpuTime();
        await Task.Run(() =>
        {
            var failure = (Error?)null;
            for (var n = 0; n < records; n++)
            {
                cancellationToken.ThrowIfCancellationRequested();
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
}
