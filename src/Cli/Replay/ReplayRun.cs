using System.Globalization;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Client;
using Rearm.Streaming.Datasets;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Replay;

/// <summary>Sends a data set and shows progress.</summary>
internal static class ReplayRun
{
    /// <exception cref="CliException">Some events were rejected; the others were sent.</exception>
    public static async Task RunAsync(Dataset data, ReplayOptions options, Uri ingestor, string? apiKey, IAnsiConsole console, CancellationToken cancellation)
    {
        console.WriteLine($"Sending to {ingestor}");
        using var sender = new EventSender(ingestor, new() { ApiKey = apiKey });
        var client = new ReplayClient(sender);
        var summary = await ProgressView.ShowAsync(console, progress => client.ReplayAsync(data, options, progress, cancellation));

        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Items.Accepted:N0} items and {summary.Interactions.Accepted:N0} interactions accepted in {summary.Duration.TotalSeconds:0.0} s"));
        if (data.Import is { } import && data.Valid.Count + data.Test.Count == 0)
            ReplayReport.After(import, summary.Interactions.Accepted, summary.Interactions.Rejected, console);
        var retried = summary.Items.Retried + summary.Interactions.Retried;
        if (retried > 0)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{retried:N0} events had to be retried"));
        var rejected = summary.Items.Rejected + summary.Interactions.Rejected;
        if (rejected > 0)
            throw new CliException(
                $"{rejected} events were rejected; the others are in Kafka. Correct these and send again: what was accepted counts once. Such as: "
                + $"{string.Join("; ", summary.Items.FirstRejections.Concat(summary.Interactions.FirstRejections).Select(r => $"{r.EventId}: {r.Field} {r.Reason}"))}");
    }
}
