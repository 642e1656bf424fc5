using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.Storage.Leases;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>
/// Of several GraphBuilders one works. The state is each one's own, made from Kafka alone, so one that has lost the lease keeps what it has and goes on
/// from there once it has the lease again; the live state in Redis, which the other one may have written meanwhile, is then written anew.
/// </summary>
internal sealed class Leadership(RedisLease lease, RetryPolicy retry, WorkerStatus status)
{
    /// <summary>Waits until this process is the one that works; at once if it is. The status says while it waits.</summary>
    public async Task AcquireAsync(CancellationToken cancellationToken)
    {
        if (lease.IsHeld)
            return;
        try
        {
            await retry.ExecuteAsync("acquire the lease", async token =>
            {
                if (await lease.TryAcquireAsync(token))
                    return;
                var holder = await lease.HolderAsync(token);
                status.WaitFor($"Another GraphBuilder is at work ({holder?.Owner ?? "it is just ending"}): this one waits, and takes over when that is gone.");
                await lease.AcquireAsync(token);
            }, cancellationToken);
        }
        finally
        {
            status.WaitFor(null);
        }
    }

    /// <summary>Lets another process take over at once.</summary>
    public ValueTask ResignAsync() => lease.DisposeAsync();
}
