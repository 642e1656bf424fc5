using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Client;

/// <summary>Lists, pins and rolls back model generations, through a Server. Thread-safe; make one and share it.</summary>
/// <param name="server">The Server's gRPC address, e.g. http://127.0.0.1:7031.</param>
/// <param name="timeout">How long a call may take; null: 10 s.</param>
/// <param name="apiKey">The key to show; null for none. Let the address be https wherever others might listen.</param>
public sealed class GenerationsClient(Uri server, TimeSpan? timeout = null, string? apiKey = null) : ServiceClient(server, timeout, apiKey)
{
    private Generations.GenerationsClient Api => field ??= new(Channel);

    /// <summary>Those kept, newest first, and which is served.</summary>
    /// <exception cref="ServiceException">The Server or Redis can't be reached.</exception>
    public Task<ListGenerationsResponse> ListAsync(CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.ListGenerationsAsync(new(), options), cancellationToken);

    /// <summary>Has one served, on all Servers, until it is unpinned.</summary>
    /// <exception cref="ServiceException">There is none of that number (NotFound), or the Server refuses.</exception>
    public Task<ListGenerationsResponse> PinAsync(long number, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.PinGenerationAsync(new() { Number = number }, options), cancellationToken);

    /// <summary>Pins the newest one that is older than what is served.</summary>
    /// <exception cref="ServiceException">There is none (FailedPrecondition), or the Server refuses.</exception>
    public Task<ListGenerationsResponse> RollBackAsync(CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.RollBackAsync(new(), options), cancellationToken);

    /// <summary>Serves two generations side by side.</summary>
    /// <exception cref="ServiceException">There is no such generation (NotFound), an experiment runs (FailedPrecondition), or the Server refuses.</exception>
    public Task<ExperimentReport> StartExperimentAsync(StartExperimentRequest request, CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.StartExperimentAsync(request, options), cancellationToken);

    /// <summary>Ends the experiment.</summary>
    /// <param name="pin">The arm whose generation everybody gets from now on; empty: whatever is served without an experiment.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ServiceException">None runs (FailedPrecondition), it has no such arm (NotFound), or the Server refuses.</exception>
    public Task<ExperimentReport> StopExperimentAsync(string pin = "", CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.StopExperimentAsync(new() { Pin = pin }, options), cancellationToken);

    /// <summary>The experiment that runs, or the last one, with what was shown and clicked.</summary>
    /// <exception cref="ServiceException">The Server or Redis can't be reached.</exception>
    public Task<ExperimentReport> GetExperimentAsync(CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.GetExperimentAsync(new(), options), cancellationToken);

    /// <summary>Has the newest one served again.</summary>
    /// <exception cref="ServiceException">The Server can't be reached or refuses.</exception>
    public Task<ListGenerationsResponse> UnpinAsync(CancellationToken cancellationToken = default) =>
        CallAsync(options => Api.UnpinGenerationAsync(new(), options), cancellationToken);
}
