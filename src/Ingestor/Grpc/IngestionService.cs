using System.Diagnostics;
using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor.Publishing;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Ingestor.Grpc;

/// <summary>rearm.v1.Ingestion.</summary>
internal sealed class IngestionService(EventIntake intake, IOptions<IngestorOptions> options, Drain drain) : Ingestion.IngestionBase
{
    // Batches of one call that are in flight at once: enough to keep the broker busy while answers travel.
    private const int BatchesPerStream = 8;

    public override async Task<IngestResponse> Ingest(IngestRequest request, ServerCallContext context)
    {
        var batch = await BeginAsync(request, AccessCaller.Of(context.GetHttpContext()), context.CancellationToken);
        return await FinishAsync(batch, context.CancellationToken);
    }

    public override async Task IngestStream(
        IAsyncStreamReader<IngestRequest> requestStream, IServerStreamWriter<IngestResponse> responseStream, ServerCallContext context)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var begun = Channel.CreateBounded<PendingBatch>(new BoundedChannelOptions(BatchesPerStream) { SingleReader = true, SingleWriter = true });
        var reading = ReadAsync(requestStream, begun.Writer, AccessCaller.Of(context.GetHttpContext()), giveUp.Token);
        try
        {
            await foreach (var batch in begun.Reader.ReadAllAsync(context.CancellationToken))
                await responseStream.WriteAsync(await FinishAsync(batch, context.CancellationToken));
        }
        catch
        {
            // No further answer can be given: take no more requests either, and report the first error.
            await giveUp.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        await reading;
    }

    private async Task ReadAsync(IAsyncStreamReader<IngestRequest> requests, ChannelWriter<PendingBatch> begun, AccessCaller caller, CancellationToken giveUp)
    {
        // A stream may last for days: each of its batches is a trace of its own, with a link to the call's.
        var call = Activity.Current?.Context ?? default;
        Activity.Current = null;
        // Stopping ends only the waiting for a request: batches already begun are answered as long as the client listens.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(giveUp, drain.Over);
        try
        {
            while (await requests.MoveNext(stop.Token))
                await begun.WriteAsync(await BeginAsync(requests.Current, caller, giveUp, call), giveUp);
        }
        catch (OperationCanceledException) when (drain.Over.IsCancellationRequested)
        {
            throw new UnavailableException("The Ingestor is shutting down; send again what has no answer.");
        }
        finally
        {
            begun.Complete();
        }
    }

    private ValueTask<PendingBatch> BeginAsync(IngestRequest request, AccessCaller caller, CancellationToken cancellationToken, ActivityContext call = default)
    {
        if (request.Events.Count == 0 || request.Events.Count > options.Value.MaxBatch)
            throw new InvalidRequestException($"events: {request.Events.Count} in one request; 1 to {options.Value.MaxBatch}");
        return intake.BeginAsync(request.Events, caller, cancellationToken, call);
    }

    private async Task<IngestResponse> FinishAsync(PendingBatch batch, CancellationToken cancellationToken)
    {
        var response = await intake.FinishAsync(batch, cancellationToken);
        return batch.NothingTaken ? throw EventIntake.NothingTaken(batch, response) : response;
    }
}
