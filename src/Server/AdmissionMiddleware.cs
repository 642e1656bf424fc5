using Microsoft.Extensions.Options;
using Rearm.Streaming.Server.Grpc;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server;

/// <summary>
/// Lets a number of calls run at a time and refuses the others at once, before they are read. Without it all would wait together once they come faster than they
/// are answered, and none would be answered in time.
/// </summary>
internal sealed class AdmissionMiddleware(RequestDelegate next, IOptions<ServerOptions> options, ServerMetrics metrics)
{
    // What a waiting call would wait for at most is a few dozen milliseconds, so somebody who comes back then may find room.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(50);

    private readonly int _limit = options.Value.RunningCalls;
    private int _running;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<LimitedCallAttribute>() is null)
        {
            await next(context);
            return;
        }
        try
        {
            if (Interlocked.Increment(ref _running) <= _limit)
                await next(context);
            else
                Refuse(context);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private void Refuse(HttpContext context)
    {
        metrics.CallRefused();
        var refusal = new LimitException($"{_limit} calls run already, which is the limit (Server:MaxRunningCalls).", RetryAfter);
        if (!GrpcRefusal.Fits(context.Request))
            throw refusal;
        GrpcRefusal.Write(context.Response, ErrorStatus.Of(refusal)!.Value, ErrorStatus.TrailersOf(refusal));
    }
}
