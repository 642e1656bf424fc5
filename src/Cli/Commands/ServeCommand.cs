using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Server;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm serve</c>: the Server.</summary>
internal static class ServeCommand
{
    public static RearmCommand Create() => new RearmCommand(
        "serve",
        "Run the Server: answers requests for recommendations over gRPC and HTTP from the current model generation in Redis.",
        new("rearm serve --redis 127.0.0.1:6379", "serve on the default ports"),
        new("rearm serve --address 0.0.0.0 --grpc-port 8080", "for other machines, on a port of your choice"))
        .Runs(ServerHost.Build, SettingOption.Redis(), SettingOption.GrpcPort(), SettingOption.HttpPort(), SettingOption.Address());
}
