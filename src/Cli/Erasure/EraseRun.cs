using Confluent.Kafka;
using Grpc.Core;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.DeadLetters;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Kafka;
using StepState = Rearm.Streaming.Contracts.V1.ErasureStep.Types.State;

namespace Rearm.Streaming.Cli.Erasure;

/// <summary>
/// Sends an erasure, has the GraphBuilder carry it to its end, and takes care of the dead letters, which belong to whoever runs this. What a service does
/// not answer is asked again until the time is over.
/// </summary>
internal sealed class EraseRun(EventSender sender, GraphBuilderClient graphBuilder, KafkaClients kafka, TextWriter progress)
{
    private const string DeadLetters = "dead letters";

    private static readonly string[] Places = ["graph state", "live state", "generations", "snapshots", "checkpoints"];
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, ErasureStep> _steps = [];

    /// <summary>Runs it.</summary>
    /// <param name="target">Who or what is to be forgotten.</param>
    /// <param name="within">How long it may take; what is not done by then is in the receipt as unfinished.</param>
    /// <param name="cancellation">Gives up at once.</param>
    /// <exception cref="CliException">It was not sent, or a service refuses.</exception>
    public async Task<ErasureReceipt> RunAsync(EraseTarget target, TimeSpan within, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(within);
        // First of all, since it shows whether the GraphBuilder is there and takes the key.
        if (!await FollowAsync(target.Request(dryRun: true), deadline.Token))
        {
            cancellation.ThrowIfCancellationRequested();
            throw new CliException(
                $"{graphBuilder.Address} did not answer within {within}; nothing was sent. "
                + "See that it runs, that --graph-builder names it, and try again, with more time by --within.");
        }
        var known = _steps.Values.Any(s => s.State == StepState.Remains);
        _steps.Clear();
        await progress.WriteLineAsync(known
            ? $"sending the erasure of {target.Kind} {target.Id}"
            : $"nothing is known of {target.Kind} {target.Id}; its erasure is sent all the same");

        var eventId = $"erase-{Guid.NewGuid():N}";
        try
        {
            await SendAsync(target.Event(eventId, DateTimeOffset.UtcNow), deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CliException(
                $"The Ingestor did not take the erasure within {within}. See what it lacks (its /readyz), and run the same again: "
                + "that does no harm.");
        }
        var sentAt = DateTimeOffset.UtcNow;
        await FollowAsync(target.Request(dryRun: false), deadline.Token);
        cancellation.ThrowIfCancellationRequested();
        var lines = Places.Select(Line).ToList();
        lines.Add(await DropLettersAsync(target, cancellation));
        return new(target.Kind, target.Id, eventId, sentAt, known, lines, await RetainedAsync(target));
    }

    private async Task SendAsync(Event @event, CancellationToken cancellation)
    {
        try
        {
            var summary = await sender.SendAsync(@event, cancellation);
            if (summary.FirstRejections is [var rejection, ..])
                throw new CliException($"The Ingestor rejects it: {rejection.Field} {rejection.Reason}");
        }
        catch (Exception e) when (e is IngestorUnavailableException or RpcException { StatusCode: not StatusCode.Cancelled })
        {
            throw CliException.From(e, e is RpcException rpc ? $"The Ingestor refuses ({rpc.StatusCode}): {rpc.Status.Detail}" : null);
        }
    }

    /// <returns>Whether the GraphBuilder got to the end before the time was over.</returns>
    private async Task<bool> FollowAsync(FollowErasureRequest request, CancellationToken deadline)
    {
        string? told = null;
        while (true)
            try
            {
                await foreach (var step in graphBuilder.FollowErasureAsync(request, deadline))
                {
                    _steps[step.Place] = step;
                    if (!request.DryRun)
                        await progress.WriteLineAsync($"{step.Place}: {step.Detail}");
                }
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
            catch (ServiceException e) when (MayPass(e.StatusCode))
            {
                if (e.Message != told)
                    await progress.WriteLineAsync($"asking again: {told = e.Message}");
                await Task.Delay(Pause, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (ServiceException e)
            {
                throw CliException.From(e);
            }
    }

    private static bool MayPass(StatusCode code) => code is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Internal or StatusCode.Cancelled;

    private ReceiptLine Line(string place) => _steps.GetValueOrDefault(place) switch
    {
        null => new(place, ReceiptLine.Unfinished, "not reached", null),
        { State: StepState.Done } done => new(place, ReceiptLine.Done, done.Detail, done.Time?.ToDateTimeOffset()),
        { State: StepState.Remains } left => new(place, ReceiptLine.Remains, left.Detail, left.Time?.ToDateTimeOffset()),
        var step => new(place, ReceiptLine.Unfinished, step.Detail, null),
    };

    // Those of before the erasure would come after it in the log if they were replayed, some of them as events of then.
    private async Task<ReceiptLine> DropLettersAsync(EraseTarget target, CancellationToken cancellation)
    {
        try
        {
            using var box = new LetterBox(kafka);
            var letters = await box.FindAsync(new() { Key = target.Id, Topic = target.IsUser ? kafka.Topics.Interactions : kafka.Topics.Items }, cancellation);
            await box.DropAsync(letters, cancellation);
            var what = letters.Count == 0 ? "none that could be replayed" : $"{letters.Count} dropped: no replay sends them again";
            return new(DeadLetters, ReceiptLine.Done, what, DateTimeOffset.UtcNow);
        }
        catch (Exception e) when (e is KafkaException or CliException)
        {
            return new(DeadLetters, ReceiptLine.Unfinished, e is KafkaException k ? $"Kafka: {k.Error.Reason}" : e.Message, null);
        }
    }

    private async Task<IReadOnlyList<RetainedCopy>> RetainedAsync(EraseTarget target)
    {
        var now = DateTimeOffset.UtcNow;
        var topics = kafka.Topics;
        async Task<RetainedCopy> Topic(string topic, string what) => (await TopicRetention.ReadAsync(kafka, topic)).Describe(topic, what, now);
        var copies = new List<RetainedCopy>
        {
            target.IsUser
                ? await Topic(topics.Interactions, "the user's events, and the erasure, which undoes them whenever the log is read again")
                : await Topic(topics.Items, "the item's descriptions"),
        };
        if (!target.IsUser)
            copies.Add(await Topic(topics.Interactions, "the events of users who touched it"));
        if (target.IsUser)
            copies.Add(await Topic(topics.Impressions, "what the user was shown, where Servers record that"));
        copies.Add(await Topic(topics.DeadLetters, $"dead letters of the {target.Kind}, if there are any"));
        copies.Add(new("the Trainer's checkpoint", null, target.IsUser
            ? "the id goes within a minute where a Trainer runs; the numbers beside it, which then belong to nobody, with the next training"
            : "the item's numbers, until the next training"));
        return copies;
    }
}
