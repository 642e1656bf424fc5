using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Client;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>The demo step by step: events go in, a model comes out, one click changes the recommendations.</summary>
internal sealed class DemoStory(DemoServices services, DemoData data, Pipeline pipeline, Narrator narrator)
{
    private const int Shown = 10;

    /// <summary>The largest k that a request may ask for.</summary>
    private const int MaxK = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly RankingTable _table = new(data.Items);

    /// <summary>Runs the steps, reports each, and returns the figures.</summary>
    public async Task<DemoReport> RunAsync(CancellationToken cancellation)
    {
        await FeedAsync(cancellation);
        var snapshot = await BuildGraphsAsync(cancellation);
        var generation = await pipeline.TrainAsync(cancellation);
        var (before, after) = await ClickAsync(cancellation);
        var (recall, popularity) = await MeasureAsync(cancellation);
        return new DemoReport
        {
            Seconds = Math.Round(narrator.Seconds, 1),
            Interactions = snapshot.Interactions,
            Items = snapshot.Items,
            Generation = generation,
            SnapshotHash = snapshot.Hash,
            Before = before,
            After = after,
            Recall = recall,
            PopularityRecall = popularity,
        };
    }

    private async Task FeedAsync(CancellationToken cancellation)
    {
        await CatalogueUpload.SendAsync(services.IngestorHttp, data.Items, cancellation, narrator.Begin("Sending items", "items", data.Items.Count));
        narrator.Report($"{data.Items.Count:N0} items accepted by the Ingestor (HTTP, JSON): Kafka has them");
        await SendAsync(data.Clicks, cancellation, AnsweredEvents.To(narrator.Begin, "Sending clicks", "clicks", data.Clicks.Count));
        narrator.Report($"{data.Clicks.Count:N0} clicks accepted by the Ingestor (gRPC); {data.HeldOut.Sum(u => u.Value.Length):N0} more are held out to measure with");
    }

    private async Task SendAsync(IEnumerable<Interaction> clicks, CancellationToken cancellation, IProgress<SendProgress>? progress = null)
    {
        var summary = await services.Events.SendAsync(clicks.Select(c => new Event { Interaction = c }), progress: progress, cancellationToken: cancellation);
        if (summary.Rejected > 0)
            throw new CliException($"The Ingestor rejected {summary.Rejected} events, the first because {summary.FirstRejections[0].Field} {summary.FirstRejections[0].Reason}");
    }

    private async Task<SnapshotInfo> BuildGraphsAsync(CancellationToken cancellation)
    {
        var pairs = data.DistinctPairs;
        var status = await pipeline.ReadAllAsync(pairs, data.Items.Count, cancellation);
        if (status.Interactions != pairs)
            throw new CliException(
                $"The graphs have {status.Interactions} distinct pairs; {pairs} were sent. "
                + "With --kafka, does somebody else write to the same topics?");
        narrator.Report($"GraphBuilder has read everything: {status.Users:N0} users, {status.Items:N0} items, {status.Interactions:N0} distinct pairs, {status.DeadLetters} dead letters");
        return await pipeline.PublishSnapshotAsync(cancellation);
    }

    private async Task<(IReadOnlyList<string> Before, IReadOnlyList<string> After)> ClickAsync(CancellationToken cancellation)
    {
        var user = data.StoryUser;
        var before = await RecommendAsync(Shown, cancellation);
        var item = data.StoryClick ?? before[0];
        var click = new Interaction { EventId = $"demo-{Guid.NewGuid():N}", UserId = user, ItemId = item, Type = "click", Time = Timestamp.FromDateTime(DateTime.UtcNow) };
        await SendAsync([click], cancellation);
        var sent = narrator.Seconds;

        // Seen items are excluded at once, so the click has arrived when its item is gone.
        await Waiting.UntilAsync("The click in the recommendations", Patience, stop => RecommendAsync(MaxK, stop), all => !all.Contains(item), cancellation);
        var took = narrator.Seconds - sent;
        var after = await RecommendAsync(Shown, cancellation);

        narrator.Write("");
        narrator.Write($"User {user}{(data.StoryTaste.Length == 0 ? "" : $" likes {data.StoryTaste}. {user}")} clicks one item: {_table.Describe(item)}. Without any training, {took * 1000:0} ms later:");
        narrator.Show(_table.Compare(before, after));
        return (before, after);
    }

    private async Task<(double Server, double Popularity)> MeasureAsync(CancellationToken cancellation)
    {
        var server = await RecallMeasurement.OfServerAsync(
            services.Recommender, data, cancellation, narrator.Begin("Asking the Server for everybody with held-out clicks", "users", data.HeldOut.Count));
        var popularity = RecallMeasurement.OfPopularity(data);
        narrator.Report($"Recall@{RecallMeasurement.K} on the held-out clicks of {data.HeldOut.Count:N0} users, asked of the Server over gRPC: {server:0.0000}; popularity alone: {popularity:0.0000}");
        if (server <= popularity)
            throw new CliException($"The model does not beat popularity: Recall@{RecallMeasurement.K} {server:0.0000} against {popularity:0.0000}. Train longer (--epochs) or with another --learning-rate.");
        return (server, popularity);
    }

    private async Task<IReadOnlyList<string>> RecommendAsync(int k, CancellationToken cancellation)
    {
        var answer = await services.Recommender.RecommendAsync(data.StoryUser, k, cancellation);
        return answer.Items.Count > 0
            ? [.. answer.Items.Select(i => i.ItemId)]
            : throw new CliException($"The Server has nothing to recommend to {data.StoryUser}: {answer.Reason} (--verbose shows the services' logs.)");
    }
}
