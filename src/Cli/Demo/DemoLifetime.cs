namespace Rearm.Streaming.Cli.Demo;

/// <summary>Stops what was started, last started first.</summary>
internal sealed class DemoLifetime : IAsyncDisposable
{
    private readonly Stack<Func<ValueTask>> _stops = new();

    /// <summary>Has <paramref name="stop"/> called at the end.</summary>
    public void OnStop(Func<ValueTask> stop) => _stops.Push(stop);

    /// <summary>Has <paramref name="started"/> disposed at the end.</summary>
    public T Keep<T>(T started)
    {
        OnStop(async () =>
        {
            if (started is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (started as IDisposable)?.Dispose();
        });
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        while (_stops.TryPop(out var stop))
            await stop();
    }
}
