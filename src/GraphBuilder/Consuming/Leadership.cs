using Rearm.Streaming.Storage.Leases;

namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>Several GraphBuilders read; one of them, the holder of the lease, publishes snapshots and writes what is not of one partition.</summary>
internal sealed class Leadership(RedisLease lease)
{
    /// <summary>Whether this process is the one.</summary>
    public bool IsOurs => lease.IsHeld;

    /// <summary>Whose it was when last looked at; null if nobody's.</summary>
    public string? Holder { get; private set; }

    /// <summary>Takes it if nobody has it.</summary>
    /// <exception cref="StackExchange.Redis.RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task TryTakeAsync(CancellationToken cancellationToken) =>
        Holder = await lease.TryAcquireAsync(cancellationToken) ? lease.Owner : (await lease.HolderAsync(cancellationToken))?.Owner;

    /// <summary>Lets another process take over at once.</summary>
    public ValueTask ResignAsync() => lease.DisposeAsync();
}
