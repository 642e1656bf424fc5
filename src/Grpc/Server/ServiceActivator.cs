using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>Makes a service per call: from services if registered, else by its constructor.</summary>
internal static class ServiceActivator<TService> where TService : class
{
    private static readonly Lazy<ObjectFactory<TService>> s_factory = new(() => ActivatorUtilities.CreateFactory<TService>([]));

    public static Activated<TService> Create(IServiceProvider services) => services.GetService<TService>() is { } registered
        ? new(registered, owned: false)
        : new(s_factory.Value(services, []), owned: true);
}
