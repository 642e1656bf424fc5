using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.GraphBuilder;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm build-graphs</c>: the GraphBuilder.</summary>
internal static class BuildGraphsCommand
{
    public static RearmCommand Create() => new RearmCommand(
        "build-graphs",
        "Run the GraphBuilder: reads events from Kafka, maintains the graphs, publishes snapshots to Redis.",
        new("rearm build-graphs --kafka 127.0.0.1:9092 --redis 127.0.0.1:6379", "both on this machine"),
        new("Redis__Configuration=redis:6379 rearm build-graphs --kafka kafka:9092", "Redis from the environment"))
        .Runs(GraphBuilderHost.Build, SettingOption.Kafka(), SettingOption.Redis(), SettingOption.GrpcPort(), SettingOption.HttpPort(), SettingOption.Address());
}
