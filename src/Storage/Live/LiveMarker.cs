using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>
/// Detects that Redis has lost writes it had acknowledged: a restart from an older copy, or a failover to a replica that lagged, rolls back the
/// marker as well. Each write of live state ends with a new marker, so a lost write takes a marker with it; and the markers are exchanged in one
/// command, so a loss can't be overwritten unseen.
/// </summary>
/// <param name="redis">Where the marker is.</param>
/// <param name="key">The marker's key.</param>
public sealed class LiveMarker(RedisConnection redis, string key)
{
    private readonly string _process = $"{Guid.NewGuid():N}:";
    private long _written;
    private long _acknowledged;

    /// <summary>Redis may lack something that was written; true until everything has been written once.</summary>
    public bool IsBehind { get; private set; } = true;

    /// <summary>Marks that Redis has everything written so far, unless it finds a marker other than the last.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <param name="all">Everything has been written since the last marker.</param>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task WriteAsync(CancellationToken cancellationToken, bool all = false)
    {
        string? found = await redis.Database.StringGetSetAsync(key, $"{_process}{++_written}").WaitAsync(cancellationToken);
        IsBehind = !IsLast(found) || (IsBehind && !all);
        _acknowledged = _written;
    }

    // Markers after the last acknowledged one may have been written all the same.
    private bool IsLast(string? found) =>
        found is not null && found.StartsWith(_process, StringComparison.Ordinal) && long.Parse(found.AsSpan(_process.Length)) >= _acknowledged;
}
