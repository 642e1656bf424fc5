using Grpc.Core;
using Rearm.Streaming.Cli.CommandLine;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>After the story: tells what to try, and trains anew whenever enough has been clicked, until Ctrl-C.</summary>
internal sealed class StayingUp(DemoServices services, DemoData data, Pipeline pipeline, Narrator narrator)
{
    /// <summary>So many new pairs are worth a new generation here; a shop would wait for more.</summary>
    private const int NewInteractions = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="trained">Interactions in the snapshot that was trained on.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public async Task UntilCancelledAsync(long trained, CancellationToken cancellation)
    {
        Advise();
        try
        {
            while (true)
            {
                await Task.Delay(Pause, cancellation);
                var now = await pipeline.StatusAsync(cancellation);
                if (now.Interactions < trained + NewInteractions)
                    continue;
                narrator.Tell($"{now.Interactions - trained} new interactions");
                trained = (await pipeline.PublishSnapshotAsync(cancellation)).Interactions;
                await TrainAsync(cancellation);
            }
        }
        catch (Exception e) when (cancellation.IsCancellationRequested && e is OperationCanceledException or RpcException)
        {
            // Ctrl-C is how it is meant to end.
        }
    }

    private async Task TrainAsync(CancellationToken cancellation)
    {
        try
        {
            await pipeline.TrainAsync(cancellation);
        }
        catch (CliException e)
        {
            // What is being served stays; there will be another run.
            narrator.Tell(e.Message);
        }
    }

    private void Advise()
    {
        var (ingestor, server) = (services.Ingestor, services.Server);
        var item = data.Items[^1].ItemId;
        narrator.Say($$"""

            Everything stays up until Ctrl-C; after {{NewInteractions}} new interactions it trains anew.
              Ingestor: gRPC {{ingestor.Grpc.Authority}}, HTTP {{ingestor.Http.Authority}}
              Server:   gRPC {{server.Grpc.Authority}}, HTTP {{server.Http.Authority}}
            Try, in another terminal:
              grpcurl -plaintext -d '{"user_id": "{{data.StoryUser}}", "k": 10}' {{server.Grpc.Authority}} rearm.v1.Recommender/Recommend
              curl -H 'Content-Type: application/json' -d '{"user_id": "{{data.StoryUser}}", "item_id": "{{item}}", "type": "click"}' {{ingestor.Http}}v1/interactions

            """);
    }
}
