using System.Reflection;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Routing;

namespace Rearm.Streaming.Hosting;

/// <summary>The gRPC services mapped in this process, found through the endpoints' metadata once they are all mapped.</summary>
internal sealed class HostedServices(EndpointDataSource endpoints)
{
    private readonly Lazy<IReadOnlyList<ServiceDescriptor>> _services = new(() => Find(endpoints));

    public IReadOnlyList<ServiceDescriptor> Services => _services.Value;

    private static List<ServiceDescriptor> Find(EndpointDataSource endpoints) =>
        endpoints.Endpoints
            .Select(e => e.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType)
            .OfType<Type>()
            .Distinct()
            .Select(Descriptor)
            .OfType<ServiceDescriptor>()
            .OrderBy(d => d.FullName, StringComparer.Ordinal)
            .ToList();

    // The generated base class names the generated container, which has the service's descriptor.
    private static ServiceDescriptor? Descriptor(Type? service)
    {
        for (; service is not null; service = service.BaseType)
            if (service.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } bind)
                return (ServiceDescriptor?)bind.BindType.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null);
        return null;
    }
}
