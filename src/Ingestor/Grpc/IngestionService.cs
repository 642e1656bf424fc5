using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor.Publishing;

namespace Rearm.Streaming.Ingestor.Grpc;

/// <summary>rearm.v1.Ingestion.</summary>
internal sealed class IngestionService(EventIntake intake, IOptions<IngestorOptions> options, IHostApplicationLifetime lifetime) : Ingestion.IngestionBase
{
    // Batches of one call that are on their way at once: enough to keep the broker busy while answers travel.
    private const int BatchesPerStream = 8;

    public override async Task<IngestResponse> Ingest(IngestRequest request, ServerCallContext context)
    {
        var batch = await BeginAsync(request, context.CancellationToken);
        return await FinishAsync(batch, context.CancellationToken);
    }

    public override async Task IngestStream(IAsyncStreamReader<IngestRequest> requestStream, IServerStreamWriter<IngestResponse> responseStream, ServerCallContext context)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var begun = Channel.CreateBounded<PendingBatch>(new BoundedChannelOptions(BatchesPerStream) { SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(requestStream, begun.Writer, giveUp.Token);
        try
        {
            await foreach (var batch in begun.Reader.ReadAllAsync(context.CancellationToken))
                await responseStream.WriteAsync(await FinishAsync(batch, context.CancellationToken));
        }
        catch
        {
            // No answer can be given any more: take no more requests either, and report the first error.
            await giveUp.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        await reading;
    }

    private async Task ReadAsync(IAsyncStreamReader<IngestRequest> requests, ChannelWriter<PendingBatch> begun, CancellationToken giveUp)
    {
        // Only waiting for a request ends when the service stops: what was begun is answered as long as there is somebody to answer.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(giveUp, lifetime.ApplicationStopping);
        try
        {
            while (await requests.MoveNext(stop.Token))
                await begun.WriteAsync(await BeginAsync(requests.Current, giveUp), giveUp);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The Ingestor is shutting down; send again what has no answer."));
        }
        finally
        {
            begun.Complete();
        }
    }

    private ValueTask<PendingBatch> BeginAsync(IngestRequest request, CancellationToken cancellationToken)
    {
        if (request.Events.Count == 0 || request.Events.Count > options.Value.MaxBatch)
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"events: {request.Events.Count} in one request; 1 to {options.Value.MaxBatch}"));
        return intake.BeginAsync(request.Events, cancellationToken);
    }

    private async Task<IngestResponse> FinishAsync(PendingBatch batch, CancellationToken cancellationToken)
    {
        var response = await intake.FinishAsync(batch, cancellationToken);
        return batch.NothingTaken
            ? throw new RpcException(new Status(StatusCode.Unavailable, $"Kafka took none of the events ({EventIntake.FirstFailure(response)}); send them all again."))
            : response;
    }
}
