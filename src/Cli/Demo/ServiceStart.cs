using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.ServiceDefaults;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Starts one service of the demo on its usual ports, or on others.</summary>
internal static class ServiceStart
{
    private const int Attempts = 5;

    /// <summary>Builds and starts a service; one whose ports are taken is built again.</summary>
    /// <param name="name">What it is called in messages.</param>
    /// <param name="build">Builds it, on ports that are free as far as can be seen.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CliException">It did not start; the message says why.</exception>
    public static async Task<WebApplication> StartAsync(string name, Func<WebApplication> build, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var app = build();
            try
            {
                await app.StartAsync(cancellation);
                return app;
            }
            catch (IOException e) when (e.InnerException is AddressInUseException && attempt < Attempts)
            {
                // Another process, a second demo say, took a port between our look and the service's.
                await app.AbandonAsync(e);
            }
            catch (Exception e) when (e is OptionsValidationException or IOException or InvalidOperationException)
            {
                await app.AbandonAsync(e);
                throw new CliException($"The {name} did not start: {e.Message} rearm doctor looks for ports that are taken and for what this machine lacks.", e);
            }
        }
    }
}
