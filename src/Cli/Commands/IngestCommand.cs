using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Ingestor;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm ingest</c>: the Ingestor.</summary>
internal static class IngestCommand
{
    public static RearmCommand Create() => new RearmCommand(
        "ingest",
        "Run the Ingestor: accepts events over gRPC and HTTP and writes them to Kafka.",
        new("rearm ingest --kafka 127.0.0.1:9092", "accept events on the default ports"),
        new("Kafka__BootstrapServers=kafka:9092 rearm ingest --address 0.0.0.0", "configured by the environment, reachable from outside"),
        new("rearm ingest --grpc-port 0 --http-port 0 --Kafka:TopicPrefix=shop2", "free ports, and any other setting"))
        .Runs(IngestorHost.Build, SettingOption.Kafka(), SettingOption.GrpcPort(), SettingOption.HttpPort(), SettingOption.Address());
}
