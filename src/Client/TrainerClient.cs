using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Client;

/// <summary>Operates a Trainer. Thread-safe; make one and share it.</summary>
/// <param name="trainer">Its gRPC address, e.g. http://127.0.0.1:7021.</param>
/// <param name="timeout">How long a call may take; null: 10 s.</param>
/// <param name="apiKey">The key to show; null for none. Let the address be https wherever others might listen.</param>
public sealed class TrainerClient(Uri trainer, TimeSpan? timeout = null, string? apiKey = null) : ServiceClient(trainer, timeout, apiKey)
{
    private Training.TrainingClient Api => field ??= new(Channel);

    /// <summary>What it is doing.</summary>
    /// <exception cref="ServiceException">The Trainer can't be reached.</exception>
    public Task<TrainingStatus> GetStatusAsync(CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.GetStatusAsync(new(), options), cancellationToken);

    /// <summary>Starts training on the newest snapshot unless it is already training, and returns at once.</summary>
    /// <param name="force">Publish what it gives, even if it is worse than what is served.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceException">The Trainer can't be reached, or there is no snapshot yet (FailedPrecondition).</exception>
    public Task<TrainingStatus> TrainAsync(bool force = false, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.TrainAsync(new() { Force = force }, options), cancellationToken);
}
