using Grpc.Core;

namespace Grpc.AspNetCore.Server;

internal delegate Task<TResponse> UnaryMethod<TService, TRequest, TResponse>(TService service, TRequest request, ServerCallContext context);

internal delegate Task<TResponse> ClientStreamingMethod<TService, TRequest, TResponse>(TService service, IAsyncStreamReader<TRequest> requests, ServerCallContext context);

internal delegate Task ServerStreamingMethod<TService, TRequest, TResponse>(TService service, TRequest request, IServerStreamWriter<TResponse> responses, ServerCallContext context);

internal delegate Task DuplexStreamingMethod<TService, TRequest, TResponse>(TService service, IAsyncStreamReader<TRequest> requests, IServerStreamWriter<TResponse> responses, ServerCallContext context);

internal sealed class UnaryHandler<TService, TRequest, TResponse>(Method<TRequest, TResponse> method, GrpcServer server, UnaryMethod<TService, TRequest, TResponse> invoke)
    : CallHandler<TRequest, TResponse>(method, server, streamsRequests: false)
    where TService : class where TRequest : class where TResponse : class
{
    private readonly UnaryServerMethod<TRequest, TResponse> _pipeline = Pipeline<UnaryServerMethod<TRequest, TResponse>>(server,
        async (request, context) =>
        {
            await using var service = ServiceActivator<TService>.Create(context.GetHttpContext().RequestServices);
            return await invoke(service.Instance, request, context);
        },
        (registration, next) => async (request, context) =>
        {
            await using var interceptor = registration.Create(context.GetHttpContext().RequestServices);
            return await interceptor.Instance.UnaryServerHandler(request, context, next);
        });

    protected override async Task InvokeAsync(HttpServerCallContext context)
    {
        var request = await context.Reader.ReadSingleAsync(Method.RequestMarshaller.ContextualDeserializer, context.CancellationToken);
        await WriteSingleAsync(context, await _pipeline(request, context));
    }
}

internal sealed class ClientStreamingHandler<TService, TRequest, TResponse>(Method<TRequest, TResponse> method, GrpcServer server, ClientStreamingMethod<TService, TRequest, TResponse> invoke)
    : CallHandler<TRequest, TResponse>(method, server, streamsRequests: true)
    where TService : class where TRequest : class where TResponse : class
{
    private readonly ClientStreamingServerMethod<TRequest, TResponse> _pipeline = Pipeline<ClientStreamingServerMethod<TRequest, TResponse>>(server,
        async (requests, context) =>
        {
            await using var service = ServiceActivator<TService>.Create(context.GetHttpContext().RequestServices);
            return await invoke(service.Instance, requests, context);
        },
        (registration, next) => async (requests, context) =>
        {
            await using var interceptor = registration.Create(context.GetHttpContext().RequestServices);
            return await interceptor.Instance.ClientStreamingServerHandler(requests, context, next);
        });

    protected override async Task InvokeAsync(HttpServerCallContext context) =>
        await WriteSingleAsync(context, await _pipeline(new ServerStreamReader<TRequest>(context, Method.RequestMarshaller), context));
}

internal sealed class ServerStreamingHandler<TService, TRequest, TResponse>(Method<TRequest, TResponse> method, GrpcServer server, ServerStreamingMethod<TService, TRequest, TResponse> invoke)
    : CallHandler<TRequest, TResponse>(method, server, streamsRequests: false)
    where TService : class where TRequest : class where TResponse : class
{
    private readonly ServerStreamingServerMethod<TRequest, TResponse> _pipeline = Pipeline<ServerStreamingServerMethod<TRequest, TResponse>>(server,
        async (request, responses, context) =>
        {
            await using var service = ServiceActivator<TService>.Create(context.GetHttpContext().RequestServices);
            await invoke(service.Instance, request, responses, context);
        },
        (registration, next) => async (request, responses, context) =>
        {
            await using var interceptor = registration.Create(context.GetHttpContext().RequestServices);
            await interceptor.Instance.ServerStreamingServerHandler(request, responses, context, next);
        });

    protected override async Task InvokeAsync(HttpServerCallContext context)
    {
        var request = await context.Reader.ReadSingleAsync(Method.RequestMarshaller.ContextualDeserializer, context.CancellationToken);
        await _pipeline(request, new ServerStreamWriter<TResponse>(context, Method.ResponseMarshaller), context);
    }
}

internal sealed class DuplexStreamingHandler<TService, TRequest, TResponse>(Method<TRequest, TResponse> method, GrpcServer server, DuplexStreamingMethod<TService, TRequest, TResponse> invoke)
    : CallHandler<TRequest, TResponse>(method, server, streamsRequests: true)
    where TService : class where TRequest : class where TResponse : class
{
    private readonly DuplexStreamingServerMethod<TRequest, TResponse> _pipeline = Pipeline<DuplexStreamingServerMethod<TRequest, TResponse>>(server,
        async (requests, responses, context) =>
        {
            await using var service = ServiceActivator<TService>.Create(context.GetHttpContext().RequestServices);
            await invoke(service.Instance, requests, responses, context);
        },
        (registration, next) => async (requests, responses, context) =>
        {
            await using var interceptor = registration.Create(context.GetHttpContext().RequestServices);
            await interceptor.Instance.DuplexStreamingServerHandler(requests, responses, context, next);
        });

    protected override Task InvokeAsync(HttpServerCallContext context) =>
        _pipeline(new ServerStreamReader<TRequest>(context, Method.RequestMarshaller), new ServerStreamWriter<TResponse>(context, Method.ResponseMarshaller), context);
}
