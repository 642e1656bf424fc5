using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.ServiceDefaults.Health;
using Rearm.Streaming.ServiceDefaults.Http;

namespace Rearm.Streaming.ServiceDefaults;

/// <summary>What every service does the same way: configuration, endpoints, logging, telemetry, health, reflection, errors, shutdown.</summary>
public static class ServiceHost
{
    /// <summary>How long calls and workers that run when listeners have closed may take to end.</summary>
    public static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A builder with the common parts in place. Configuration comes from appsettings.json in the working directory, the environment
    /// (Kafka__BootstrapServers) and flags (--Kafka:BootstrapServers=...); later sources override earlier ones, and names are the same in each.
    /// </summary>
    /// <param name="args">The command line's flags.</param>
    /// <param name="name">The service's name in logs and metrics, e.g. "graph-builder".</param>
    /// <param name="api">The service's gRPC API, named by grpc.health.v1.</param>
    /// <param name="grpcPort">Default for Endpoints:GrpcPort.</param>
    /// <param name="httpPort">Default for Endpoints:HttpPort.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args, string name, Google.Protobuf.Reflection.ServiceDescriptor api, int grpcPort, int httpPort)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false", .. args] });
        builder.AddConsoleLog();
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        // It logs every call that ends with a status other than OK; callers are told, and the metrics count them.
        builder.Logging.AddFilter("Grpc", LogLevel.Warning);
        // It takes a message that can't be read for a fault of ours; those that are, GrpcErrors logs.
        builder.Logging.AddFilter("Grpc.AspNetCore.Server.ServerCallHandler", LogLevel.None);
        // What it logs as errors is logged better elsewhere: a refusal to start by RunServiceAsync, a failed worker by the critical entry that follows.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        // /readyz says what is wrong; a service that waits for its dependencies is not an error.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);

        builder.Services.AddValidatedOptions<EndpointOptions>(EndpointOptions.Section)
            .PostConfigure(o =>
            {
                // A port that is not configured is the service's default; a configured 0 asks for a free one.
                if (builder.Configuration[$"{EndpointOptions.Section}:{nameof(EndpointOptions.GrpcPort)}"] is null)
                    o.GrpcPort = grpcPort;
                if (builder.Configuration[$"{EndpointOptions.Section}:{nameof(EndpointOptions.HttpPort)}"] is null)
                    o.HttpPort = httpPort;
            });
        var certificate = new CertificateCheck();
        builder.Services.AddSingleton<IValidateOptions<EndpointOptions>>(certificate);
        builder.WebHost.ConfigureKestrel((context, kestrel) =>
        {
            if (kestrel.ApplicationServices.ValidOptions<EndpointOptions>() is not { } endpoints)
                return;
            var address = IPAddress.Parse(endpoints.Address);
            // Kestrel's own section names the certificate; with one, both ports speak TLS and nothing else.
            var hasCertificate = context.Configuration.GetSection(CertificateCheck.KestrelSection).Exists();
            kestrel.Listen(address, endpoints.GrpcPort, listen => Serve(listen, HttpProtocols.Http2));
            kestrel.Listen(address, endpoints.HttpPort, listen => Serve(listen, HttpProtocols.Http1));
            kestrel.AddServerHeader = false;

            void Serve(ListenOptions listen, HttpProtocols protocols)
            {
                listen.Protocols = protocols;
                if (hasCertificate)
                    certificate.Use(() => listen.UseHttps());
            }
        });
        // Options that are not valid refuse the start, later and by name.
        builder.Services.AddOptions<HostOptions>().Configure<IServiceProvider>((host, services) =>
            host.ShutdownTimeout = StopPatience + (services.ValidOptions<EndpointOptions>()?.DrainDelay ?? TimeSpan.Zero));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Drain>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Drain>());
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<GrpcErrors>())
            // As protobuf's JSON form has it: JavaScript's numbers can't hold 64-bit integers.
            .AddJsonTranscoding(json => json.JsonSettings.WriteInt64sAsStrings = true);
        builder.Services.AddGrpcReflection();
        builder.Services.AddServiceHealth(api);
        builder.AddTelemetry(name);
        builder.AddAccess();
        return builder;
    }

    /// <summary>
    /// Asks for API keys where there are some, maps what every service answers to anybody (gRPC health and reflection, /healthz, /readyz and /metrics), and gives
    /// HTTP errors their form.
    /// </summary>
    public static WebApplication MapCommon(this WebApplication app)
    {
        app.Use(app.Services.GetRequiredService<Drain>().InvokeAsync);
        app.UseMiddleware<HttpErrorMiddleware>();
        app.UseMiddleware<AccessMiddleware>();
        app.UseMiddleware<UnreadableMessages>();
        app.MapServiceHealth();
        app.MapGrpcReflectionService().WithMetadata(new OpenCallAttribute());
        app.MapMetrics();
        return app;
    }

    /// <summary>Adds options that are bound to a section, refuse unknown names, and are validated at start.</summary>
    public static OptionsBuilder<T> AddValidatedOptions<T>(this IServiceCollection services, string section) where T : class =>
        services.AddOptions<T>()
            .BindConfiguration(section, binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations()
            .ValidateOnStart();

    /// <summary>
    /// Options for wiring that happens before the start; null if they are invalid, which this is not the place to report: the start refuses them by
    /// name.
    /// </summary>
    public static T? ValidOptions<T>(this IServiceProvider services) where T : class
    {
        try
        {
            return services.GetRequiredService<IOptions<T>>().Value;
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return null;
        }
    }

    /// <summary>
    /// Runs until SIGTERM, Ctrl-C or cancellation, then drains (<see cref="Drain"/>). A configuration it can't start with, or an address or port it can't
    /// listen on, is reported in one line on standard error.
    /// </summary>
    /// <returns>The process's exit code: 0, 1 if a worker failed and took the service down, or 2 for a refusal to start.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app, CancellationToken cancellationToken = default)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            await Console.Error.WriteLineAsync($"Refused to start: {Reason(e, app).TrimEnd('.')}. {Advice(e)}");
            await app.AbandonAsync(e);
            return 2;
        }
        await app.WaitForShutdownAsync(cancellationToken);
        // A worker that fails stops the host gracefully; whatever restarts services must still see a failure.
        var failed = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(worker => worker.ExecuteTask is { IsFaulted: true });
        await app.DisposeAsync();
        return failed ? 1 : 0;
    }

    /// <summary>
    /// Ends a service that did not start. Where it could not listen its workers had begun; they are told to go and waited for, so that what they hold, a lease say,
    /// is free for the next one.
    /// </summary>
    /// <param name="app">The service.</param>
    /// <param name="reason">What its start threw.</param>
    public static async Task AbandonAsync(this WebApplication app, Exception reason)
    {
        // What else a start throws comes before any worker, and a host that has none throws when it is told to stop.
        if (reason is IOException or SocketException)
            await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }

    internal static bool IsRefusal(Exception e) =>
        e is OptionsValidationException or AddressInUseException or IOException { InnerException: AddressInUseException }
        // From the bind: an address that is not this machine's, an address family it does not have, or a port that needs privileges.
        || e is SocketException
        {
            SocketErrorCode: SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.AccessDenied or SocketError.AddressAlreadyInUse,
        }
        || (e is InvalidOperationException && e.Source == typeof(ConfigurationBinder).Assembly.GetName().Name);

    private static string Advice(Exception e) => e is OptionsValidationException or InvalidOperationException
        ? "rearm config prints every option with its limits; they come from appsettings.json, the environment and flags."
        : "Choose others: Endpoints:Address, Endpoints:GrpcPort, Endpoints:HttpPort (0 takes a free one).";

    // The socket's own message does not name the address.
    private static string Reason(Exception e, WebApplication app) =>
        e is SocketException && app.Services.ValidOptions<EndpointOptions>() is { } endpoints
            ? $"can't listen on {endpoints.Address}, ports {endpoints.GrpcPort} (gRPC) and {endpoints.HttpPort} (HTTP): {e.Message}"
            // The binder names a name that is unknown deep inside a section in the inner one.
            : e is InvalidOperationException { InnerException: { } inner } ? $"{e.Message} {inner.Message}" : e.Message;
}
