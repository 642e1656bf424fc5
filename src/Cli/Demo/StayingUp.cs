using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Client;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Keeps the demo up: suggests what to try, and retrains whenever there are enough new clicks, until Ctrl-C.</summary>
internal sealed class StayingUp(DemoServices services, DemoData data, Pipeline pipeline, Narrator narrator)
{
    /// <summary>New pairs that trigger a new generation; a real shop would wait for more.</summary>
    private const int NewInteractions = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="trained">Interactions in the snapshot that was trained on.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public async Task UntilCancelledAsync(long trained, CancellationToken cancellation)
    {
        Suggest();
        string? told = null;
        try
        {
            while (true)
            {
                await Task.Delay(Pause, cancellation);
                try
                {
                    trained = await RetrainIfDueAsync(trained, cancellation);
                }
                catch (ServiceException e) when (Waiting.MayPass(e) && !cancellation.IsCancellationRequested)
                {
                    // Once, however long that lasts.
                    if (e.Message != told)
                        narrator.Report($"{told = e.Message} It is asked again.");
                }
            }
        }
        catch (Exception e) when (cancellation.IsCancellationRequested && e is OperationCanceledException or ServiceException)
        {
            // Ctrl-C is the normal way to end.
        }
    }

    private async Task<long> RetrainIfDueAsync(long trained, CancellationToken cancellation)
    {
        var now = await pipeline.StatusAsync(cancellation);
        if (now.Interactions < trained + NewInteractions)
            return trained;
        narrator.Report($"{now.Interactions - trained} new interactions");
        trained = (await pipeline.PublishSnapshotAsync(cancellation)).Interactions;
        await TrainAsync(cancellation);
        return trained;
    }

    private async Task TrainAsync(CancellationToken cancellation)
    {
        try
        {
            await pipeline.TrainAsync(cancellation);
        }
        catch (CliException e)
        {
            // The generation being served stays; the next run may succeed.
            narrator.Report(e.Message);
        }
    }

    private void Suggest()
    {
        var (ingestor, server) = (services.Ingestor, services.Server);
        var item = data.Items[^1].ItemId;
        narrator.Write($$"""

            Everything stays up until Ctrl-C; after {{NewInteractions}} new interactions it retrains.
              Console:  {{server.Http}}console/#user={{Uri.EscapeDataString(data.StoryUser)}}
              Ingestor: gRPC {{ingestor.Grpc.Authority}}, HTTP {{ingestor.Http.Authority}}
              Server:   gRPC {{server.Grpc.Authority}}, HTTP {{server.Http.Authority}}
            Try, in another terminal:
              grpcurl -plaintext -d '{"user_id": "{{data.StoryUser}}", "k": 10}' {{server.Grpc.Authority}} rearm.v1.Recommender/Recommend
              curl -H 'Content-Type: application/json' -d '{"user_id": "{{data.StoryUser}}", "item_id": "{{item}}", "type": "click"}' {{ingestor.Http}}v1/interactions

            """);
    }
}
