using Microsoft.Extensions.Hosting;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>Looks at the file of keys every few seconds.</summary>
internal sealed class KeyFileWatch(KeyFile file, TimeProvider clock) : BackgroundService
{
    /// <summary>From one look to the next.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            file.ReadIfChanged();
    }
}
