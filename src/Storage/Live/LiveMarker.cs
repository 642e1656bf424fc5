using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>
/// Finds out whether Redis has lost what it had acknowledged: a restart from an older copy, or a replica that was behind, takes the
/// marker back as well. Each write of live state ends with a new marker, so what is lost takes a marker with it; and a marker is
/// exchanged for the one before in one command, so a loss can't be written over unseen.
/// </summary>
/// <param name="redis">Where the marker is.</param>
public sealed class LiveMarker(RedisConnection redis)
{
    private readonly string _process = $"{Guid.NewGuid():N}:";
    private long _written;
    private long _acknowledged;

    /// <summary>Redis may lack something written; so it is until all has been written once.</summary>
    public bool IsBehind { get; private set; } = true;

    /// <summary>Marks that Redis has everything written so far, unless it finds another marker than the last.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <param name="all">All there is has been written since the last marker.</param>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task WriteAsync(CancellationToken cancellationToken, bool all = false)
    {
        string? found = await redis.Database.StringGetSetAsync(redis.Keys.LiveMarker, $"{_process}{++_written}").WaitAsync(cancellationToken);
        IsBehind = !IsLast(found) || (IsBehind && !all);
        _acknowledged = _written;
    }

    // Those after the last that was acknowledged may have come through all the same.
    private bool IsLast(string? found) =>
        found is not null && found.StartsWith(_process, StringComparison.Ordinal) && long.Parse(found.AsSpan(_process.Length)) >= _acknowledged;
}
