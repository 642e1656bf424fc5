using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Rearm.Streaming.ServiceDefaults;

/// <summary>The addresses a started service listens on, with the ports it got.</summary>
/// <param name="Grpc">gRPC, e.g. http://127.0.0.1:7031.</param>
/// <param name="Http">HTTP/1.1.</param>
public sealed record ServiceEndpoints(Uri Grpc, Uri Http)
{
    /// <summary>Reads them from a service that has started.</summary>
    /// <exception cref="InvalidOperationException">It has not started yet.</exception>
    public static ServiceEndpoints Of(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.ToArray();
        // ServiceHost listens for gRPC first, then for HTTP.
        return addresses is [var grpc, var http]
            ? new(new Uri(grpc), new Uri(http))
            : throw new InvalidOperationException("The service has not started: it has no addresses yet.");
    }
}
