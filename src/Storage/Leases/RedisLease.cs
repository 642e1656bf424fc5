using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Leases;

/// <summary>
/// The right to write something, for one process at a time. It is renewed in the background and expires when its holder is gone. A process that was
/// paused may believe for a moment that it still holds it; what protects the data then is the token, which each acquisition raises and every write of a
/// guarded key checks (<see cref="Fence"/>).
/// </summary>
/// <remarks>Not for use by several callers at a time, apart from <see cref="IsHeld"/>, <see cref="Token"/>, <see cref="Lost"/> and <see cref="HolderAsync"/>.</remarks>
public sealed partial class RedisLease : IAsyncDisposable
{
    private const int RenewalsPerDuration = 3;

    private readonly RedisConnection _redis;
    private readonly TimeSpan _duration;
    private readonly IReadOnlyList<string> _guarded;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisLease> _logger;
    private readonly Lazy<string> _owner;
    private volatile Holding? _holding;

    /// <summary>A lease that is not held yet.</summary>
    /// <param name="redis">Where it is.</param>
    /// <param name="name">What it is for, e.g. "graph-builder".</param>
    /// <param name="duration">After this long without renewal another process may have it.</param>
    /// <param name="guarded">The keys that only its holder may write. They are claimed before the lease counts as acquired.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Gets acquisitions, losses and failed renewals.</param>
    /// <param name="owner">
    /// Names an owner of which only one process can be alive, so that one that was restarted takes over from itself without waiting. Asked for when the
    /// lease is first used. Null: the process is its own.
    /// </param>
    public RedisLease(
        RedisConnection redis, string name, TimeSpan duration, IReadOnlyList<string> guarded, TimeProvider time, ILogger<RedisLease> logger, Func<string>? owner = null)
    {
        (_redis, Name, _duration, _guarded, _time, _logger) = (redis, name, duration, guarded, time, logger);
        _owner = new(owner ?? (() => $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}"));
    }

    /// <summary>What it is for.</summary>
    public string Name { get; }

    /// <summary>How this process is named as a holder.</summary>
    public string Owner => _owner.Value;

    /// <summary>Whether this process has it, as far as it can know: it had it at most the lease's duration ago.</summary>
    public bool IsHeld => _holding is { } holding && IsCurrent(holding);

    /// <summary>What to give to guarded writes.</summary>
    /// <exception cref="LeaseLostException">It is not held.</exception>
    public long Token => _holding is { } holding && IsCurrent(holding)
        ? holding.Holder.Token
        : throw new LeaseLostException($"This process does not hold the lease \"{Name}\"; another one may be writing.");

    /// <summary>Cancelled as soon as it is known that the lease which is held now is lost; already cancelled when none is held.</summary>
    public CancellationToken Lost => _holding is { } holding && IsCurrent(holding) ? holding.Lost.Token : new(canceled: true);

    /// <summary>Who holds it now; null if nobody does.</summary>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task<LeaseHolder?> HolderAsync(CancellationToken cancellationToken) =>
        LeaseHolder.Read(await _redis.Database.StringGetAsync(_redis.Keys.Lease(Name)).WaitAsync(cancellationToken));

    /// <summary>Takes it if nobody has it.</summary>
    /// <returns>Whether this process has it now.</returns>
    /// <inheritdoc cref="HolderAsync" path="/exception"/>
    public async Task<bool> TryAcquireAsync(CancellationToken cancellationToken)
    {
        if (IsHeld)
            return true;
        // One that was lost may still be there under our name.
        await ReleaseAsync();
        // Tokens are not spent on looking.
        var before = await HolderAsync(cancellationToken);
        if (before is not null && before.Owner != Owner)
            return false;
        var token = await _redis.Database.StringIncrementAsync(_redis.Keys.LeaseTokens(Name)).WaitAsync(cancellationToken);
        var holding = new Holding(new(token, Owner), _time.GetTimestamp());
        try
        {
            if (!await TakeAsync(before, holding.Holder, cancellationToken))
                return false;
            foreach (var key in _guarded)
                if (!await Fence.ClaimAsync(_redis, key, token, cancellationToken))
                {
                    // Between the counter and the lease, somebody with a greater token has come and gone.
                    await LetGoAsync(holding);
                    return false;
                }
        }
        catch (OperationCanceledException)
        {
            // Redis may have given it all the same, and nobody would let it go before it expires.
            await LetGoAsync(holding);
            throw;
        }
        holding.Renewing = RenewAsync(holding);
        _holding = holding;
        LogAcquired(Name, token);
        return true;
    }

    /// <summary>Lets it go, if it is held, so that another process need not wait until it expires.</summary>
    /// <inheritdoc cref="HolderAsync" path="/exception"/>
    public async Task ReleaseAsync()
    {
        if (await StopAsync() is { } holding)
            await LetGoAsync(holding);
    }

    /// <summary>Lets it go as far as Redis can be reached; it expires otherwise.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await ReleaseAsync();
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogNotReleased(Name, e.Message);
        }
    }

    [SuppressMessage("Usage", "SER301", Justification = "SET with a condition on the value needs Redis 8.4; Debian 12 has 7.0.")]
    private async Task<bool> TakeAsync(LeaseHolder? before, LeaseHolder after, CancellationToken cancellationToken)
    {
        var key = _redis.Keys.Lease(Name);
        if (before is null)
            return await _redis.Database.StringSetAsync(key, after.Stored, _duration, When.NotExists).WaitAsync(cancellationToken);
        // From a process of the same owner, which is dead.
        var transaction = _redis.Database.CreateTransaction();
        transaction.AddCondition(Condition.StringEqual(key, before.Stored));
        _ = transaction.StringSetAsync(key, after.Stored, _duration);
        return await transaction.ExecuteAsync().WaitAsync(cancellationToken);
    }

    private async Task RenewAsync(Holding holding)
    {
        using var timer = new PeriodicTimer(_duration / RenewalsPerDuration, _time);
        while (await NextAsync(timer, holding))
            try
            {
                var sent = _time.GetTimestamp();
                if (!await _redis.Database.LockExtendAsync(_redis.Keys.Lease(Name), holding.Holder.Stored, _duration).WaitAsync(holding.Stop.Token))
                {
                    LogLost(Name, holding.Holder.Token, "another process has it, or Redis has lost it");
                    break;
                }
                holding.Renewed = sent;
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                if (!IsCurrent(holding))
                {
                    LogLost(Name, holding.Holder.Token, e.Message);
                    break;
                }
                LogNotRenewed(Name, e.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        await holding.Lost.CancelAsync();
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, Holding holding)
    {
        try
        {
            return await timer.WaitForNextTickAsync(holding.Stop.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<Holding?> StopAsync()
    {
        if (Interlocked.Exchange(ref _holding, null) is not { } holding)
            return null;
        await holding.Stop.CancelAsync();
        await holding.Renewing;
        await holding.Lost.CancelAsync();
        return holding;
    }

    // Only if it is still ours.
    private Task LetGoAsync(Holding holding) => _redis.Database.LockReleaseAsync(_redis.Keys.Lease(Name), holding.Holder.Stored);

    private bool IsCurrent(Holding holding) => !holding.Lost.IsCancellationRequested && _time.GetElapsedTime(holding.Renewed) < _duration;

    [LoggerMessage(3401, LogLevel.Information, "Acquired the lease {Lease} with token {Token}")]
    private partial void LogAcquired(string lease, long token);

    [LoggerMessage(3403, LogLevel.Warning, "Lost the lease {Lease} with token {Token}: {Reason}")]
    private partial void LogLost(string lease, long token, string reason);

    [LoggerMessage(3404, LogLevel.Warning, "The lease {Lease} was not renewed and will be tried again: {Reason}")]
    private partial void LogNotRenewed(string lease, string reason);

    [LoggerMessage(3405, LogLevel.Warning, "The lease {Lease} could not be let go; it expires by itself: {Reason}")]
    private partial void LogNotReleased(string lease, string reason);

    private sealed class Holding(LeaseHolder holder, long acquired)
    {
        private long _renewed = acquired;

        public LeaseHolder Holder => holder;

        public CancellationTokenSource Stop { get; } = new();

        public CancellationTokenSource Lost { get; } = new();

        public Task Renewing { get; set; } = Task.CompletedTask;

        /// <summary>When the last renewal that succeeded was sent.</summary>
        public long Renewed
        {
            get => Interlocked.Read(ref _renewed);
            set => Interlocked.Exchange(ref _renewed, value);
        }
    }
}
