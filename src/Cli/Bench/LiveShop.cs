using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// A shop that goes on while a Server is under load: its live catalogue has a twentieth of the items sold out and a hundredth as many new ones, and ten of
/// its items change every second: categories, availability, new items.
/// </summary>
internal sealed class LiveShop : IAsyncDisposable
{
    private const int ChangesPerSecond = 10;
    private const int MostNewItems = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly BenchCatalogue _catalogue;
    private readonly Task _changing;

    private LiveShop(BenchCatalogue catalogue)
    {
        _catalogue = catalogue;
        _changing = ChangeAsync();
    }

    /// <summary>Writes the catalogue of items i0, i1, ..., and begins to change it.</summary>
    public static async Task<LiveShop> OpenAsync(RedisConnection redis, int items, CancellationToken cancellationToken) =>
        new(await BenchCatalogue.CreateAsync(redis, items, hidden: items / 20, Math.Min(items / 100, MostNewItems), cancellationToken));

    /// <summary>Ends the changes.</summary>
    /// <remarks>Throws what they failed with.</remarks>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _changing;
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }
        await _catalogue.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ChangeAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        while (await timer.WaitForNextTickAsync(_stop.Token))
            await _catalogue.ChangeAsync(ChangesPerSecond, null, _stop.Token);
    }
}
