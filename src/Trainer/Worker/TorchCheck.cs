using Microsoft.Extensions.Options;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer.Worker;

/// <summary>Refuses to start where training is impossible: no libtorch, or not the device asked for.</summary>
internal sealed class TorchCheck(IOptions<TrainerOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            TrainingDevice.Open(options.Value.Device, options.Value.Threads);
        }
        catch (Exception e) when (e is DllNotFoundException or ArgumentException or TypeInitializationException)
        {
            // The host reports a refused option in one line; this is an option that only the machine can refuse.
            throw new OptionsValidationException(nameof(TrainerOptions), typeof(TrainerOptions), [(e as TypeInitializationException)?.InnerException?.Message ?? e.Message]);
        }
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
