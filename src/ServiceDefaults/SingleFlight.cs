namespace Rearm.Streaming.ServiceDefaults;

/// <summary>
/// Runs a blocking operation on one thread at a time, however many callers want its result. A caller that arrives while it runs shares the run
/// after it, so no result is older than the call that asked for it.
/// </summary>
/// <param name="operation">Blocks until it has a result; what it throws goes to every caller of that run.</param>
public sealed class SingleFlight<T>(Func<T> operation)
{
    private readonly Lock _lock = new();
    private Task<T>? _running;
    private Task<T>? _next;

    /// <summary>The result of a run that begins now, or as soon as the present one has ended.</summary>
    public Task<T> RunAsync()
    {
        lock (_lock)
            return _next ?? (_running is { IsCompleted: false } running ? _next = RunAfterAsync(running) : _running = Task.Run(operation));
    }

    /// <summary>Completes when nothing is running or due to run, whatever came of it.</summary>
    public async Task DrainAsync()
    {
        Task? last;
        lock (_lock)
            last = _next ?? _running;
        if (last is not null)
            await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<T> RunAfterAsync(Task running)
    {
        await running.ConfigureAwait(ConfigureAwaitOptions.ForceYielding | ConfigureAwaitOptions.SuppressThrowing);
        Task<T> mine;
        lock (_lock)
        {
            mine = _running = Task.Run(operation);
            _next = null;
        }
        return await mine;
    }
}
