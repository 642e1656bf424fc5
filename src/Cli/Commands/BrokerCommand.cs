using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm broker</c>: the embedded Kafka broker.</summary>
internal static class BrokerCommand
{
    public static RearmCommand Create()
    {
        var partitions = Numbers.Option("--partitions", "Partitions of each topic; each keeps the newest 5 MB", 8, 1, 64);
        var command = new RearmCommand(
            "broker",
            "Run an embedded Kafka broker until Ctrl-C. It keeps events in memory only: for development, not for production.",
            new Example("rearm broker", "prints the address to give to --kafka"))
        {
            partitions,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var broker = EmbeddedBroker.Start();
            var topics = new KafkaTopics();
            foreach (var topic in new[] { topics.Interactions, topics.Items, topics.DeadLetters })
                broker.CreateTopic(topic, parsed.GetValue(partitions));
            await EmbeddedServer.RunAsync(
                parsed.InvocationConfiguration.Output,
                $"Kafka broker at {broker.BootstrapServers} (in memory only: what it holds is gone when it stops)",
                $"Give it to the services: --kafka {broker.BootstrapServers} or Kafka__BootstrapServers={broker.BootstrapServers}",
                cancellation);
            return ExitCodes.Success;
        });
        return command;
    }
}
