using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grpc.AspNetCore.Server;

/// <summary>Maps a service's methods, as the generated <c>BindService</c> names them. All reflection happens here, once at start.</summary>
internal sealed class EndpointBinder<TService>(IEndpointRouteBuilder builder, GrpcServer server) : ServiceBinderBase where TService : class
{
    private readonly HashSet<string> _services = [];

    public List<IEndpointConventionBuilder> Endpoints { get; } = [];

    public void Bind()
    {
        FindBindMethod().Invoke(null, [this, null]);
        if (server.Options.IgnoreUnknownServices == true)
            return;
        foreach (var service in _services)
            UnknownMethods.Map(builder, $"/{service}/{{method}}", "Method is unimplemented.");
        if (!server.UnknownServicesMapped)
            UnknownMethods.Map(builder, "/{service}/{method}", "Service is unimplemented.");
        server.UnknownServicesMapped = true;
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var (invoke, info) = Open<UnaryMethod<TService, TRequest, TResponse>>(method, typeof(TRequest), typeof(ServerCallContext));
        Map(method, info, new UnaryHandler<TService, TRequest, TResponse>(method, server, invoke).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (invoke, info) = Open<ClientStreamingMethod<TService, TRequest, TResponse>>(method, typeof(IAsyncStreamReader<TRequest>), typeof(ServerCallContext));
        Map(method, info, new ClientStreamingHandler<TService, TRequest, TResponse>(method, server, invoke).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (invoke, info) = Open<ServerStreamingMethod<TService, TRequest, TResponse>>(method, typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        Map(method, info, new ServerStreamingHandler<TService, TRequest, TResponse>(method, server, invoke).HandleAsync);
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var (invoke, info) = Open<DuplexStreamingMethod<TService, TRequest, TResponse>>(method, typeof(IAsyncStreamReader<TRequest>), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext));
        Map(method, info, new DuplexStreamingHandler<TService, TRequest, TResponse>(method, server, invoke).HandleAsync);
    }

    private static MethodInfo FindBindMethod()
    {
        for (var type = typeof(TService); type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } bind)
            {
                return bind.BindType.GetMethod(bind.BindMethodName, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, [typeof(ServiceBinderBase), type])
                    ?? throw new InvalidOperationException($"{bind.BindType} has no static method {bind.BindMethodName}(ServiceBinderBase, {type.Name}).");
            }
        }
        throw new InvalidOperationException($"{typeof(TService)} is no gRPC service: it must derive from a base class generated from a .proto file.");
    }

    // An open delegate: the handler gives it the service instance of each call.
    private static (TDelegate, MethodInfo) Open<TDelegate>(IMethod method, params Type[] parameters) where TDelegate : Delegate
    {
        var info = typeof(TService).GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, parameters)
            ?? throw new InvalidOperationException($"{typeof(TService)} has no public method for {method.FullName}.");
        return (info.CreateDelegate<TDelegate>(), info);
    }

    private void Map(IMethod method, MethodInfo info, RequestDelegate handle)
    {
        _services.Add(method.ServiceName);
        // For every HTTP method: the handler itself refuses all but POST, so that they do not fall through to UnknownMethods.
        var endpoint = builder.Map(method.FullName, handle);
        endpoint.Add(e =>
        {
            e.DisplayName = $"gRPC - {method.FullName}";
            foreach (var attribute in typeof(TService).GetCustomAttributes(inherit: true).Concat(info.GetCustomAttributes(inherit: true)))
                e.Metadata.Add(attribute);
            e.Metadata.Add(new GrpcMethodMetadata(typeof(TService), method));
        });
        Endpoints.Add(endpoint);
    }
}
