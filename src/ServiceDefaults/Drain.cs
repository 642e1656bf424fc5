using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.ServiceDefaults;

/// <summary>
/// How a service goes when it is told to stop. First it is not ready, and answers all the same for <see cref="EndpointOptions.DrainDelay"/>: by then whoever
/// distributes calls has noticed, and sends no more. Then streams end, which would last for ever; listeners close; and calls that still run have
/// <see cref="ServiceHost.StopPatience"/> to end.
/// </summary>
public sealed partial class Drain(IHostApplicationLifetime lifetime, IOptions<EndpointOptions> endpoints, TimeProvider time, ILogger<Drain> logger)
    : IHostedLifecycleService, IHealthCheck, IDisposable
{
    private readonly CancellationTokenSource _over = new();
    private volatile bool _begun;

    /// <summary>Whether the service has been told to stop.</summary>
    // A signal stops the application before hosted services hear of it; with IHost.StopAsync it is the other way round.
    public bool HasBegun => _begun || lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Cancelled when the delay is over: what lasts as long as its caller likes ends now.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Runs what streams answers until its caller has gone, or the drain is over.</summary>
    /// <param name="stream">Writes the answers.</param>
    /// <param name="advice">What a caller should do when the drain is over, after "The service is stopping; ".</param>
    /// <param name="caller">Cancelled when the caller has gone.</param>
    /// <exception cref="UnavailableException">The drain is over.</exception>
    public async Task StreamAsync(Func<CancellationToken, Task> stream, string advice, CancellationToken caller)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(caller, Over);
        try
        {
            await stream(either.Token);
        }
        catch (OperationCanceledException) when (Over.IsCancellationRequested && !caller.IsCancellationRequested)
        {
            throw new UnavailableException($"The service is stopping; {advice}");
        }
    }

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        _begun = true;
        // One that did not start has nobody who calls it, and its options may be why.
        if (lifetime.ApplicationStarted.IsCancellationRequested && endpoints.Value.DrainDelay is var delay && delay > TimeSpan.Zero)
        {
            LogDraining(delay.TotalSeconds);
            // Cancelled: whoever stops the service has no more time.
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await _over.CancelAsync();
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HasBegun ? HealthCheckResult.Unhealthy("The service is stopping.") : HealthCheckResult.Healthy());

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();

    /// <summary>Has callers over HTTP/1.1 connect anew, elsewhere, for their next request; those over HTTP/2 are told when listeners close.</summary>
    internal Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (HasBegun && HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        return next(context);
    }

    [LoggerMessage(141, LogLevel.Information, "Told to stop: not ready from now on, and in {Seconds} s nobody listens any more")]
    private partial void LogDraining(double seconds);
}
