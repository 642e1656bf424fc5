using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Embedded;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm redis</c>: the embedded Redis.</summary>
internal static class RedisCommand
{
    public static RearmCommand Create()
    {
        var port = Numbers.Option("--port", "Port on 127.0.0.1; 0 takes a free one", 0, 0, 65535);
        var command = new RearmCommand(
            "redis",
            "Run an embedded Redis (Microsoft Garnet) until Ctrl-C. It keeps data in memory only: for development, not for production.",
            new Example("rearm redis", "prints the address to give to --redis"))
        {
            port,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var redis = Start(parsed.GetValue(port));
            await EmbeddedServer.RunAsync(
                parsed.InvocationConfiguration.Output,
                $"Redis at {redis.Configuration} (in memory only: what it holds is gone when it stops)",
                $"Give it to the services: --redis {redis.Configuration} or Redis__Configuration={redis.Configuration}",
                cancellation);
            return ExitCodes.Success;
        });
        return command;
    }

    private static EmbeddedRedis Start(int port)
    {
        try
        {
            return EmbeddedRedis.Start(port);
        }
        catch (InvalidOperationException e)
        {
            throw CliException.From(e);
        }
    }
}
