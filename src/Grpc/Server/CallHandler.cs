using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Grpc.AspNetCore.Server;

/// <summary>Handles the calls of one method: checks the request, runs the method, ends with a status.</summary>
internal abstract class CallHandler<TRequest, TResponse>(Method<TRequest, TResponse> method, GrpcServer server, bool streamsRequests)
    where TRequest : class
    where TResponse : class
{
    protected Method<TRequest, TResponse> Method { get; } = method;

    public async Task HandleAsync(HttpContext http)
    {
        if (Protocol.RefusesRequest(http))
            return;
        if (streamsRequests)
            LiftBodyLimits(http);
        await using var context = new HttpServerCallContext(http, server, Method.FullName);
        try
        {
            context.Start();
            await InvokeAsync(context);
            context.End();
        }
        catch (Exception ex)
        {
            context.End(ex);
        }
    }

    protected abstract Task InvokeAsync(HttpServerCallContext context);

    protected Task WriteSingleAsync(HttpServerCallContext context, TResponse? response) => response is null
        ? throw new RpcException(new Status(StatusCode.Cancelled, "No message returned from method."))
        : context.WriteAsync(response, Method.ResponseMarshaller.ContextualSerializer, context.WriteOptions, flush: false);

    /// <summary>Wraps the service in the interceptors, the first one outermost.</summary>
    protected static TMethod Pipeline<TMethod>(GrpcServer server, TMethod service, Func<InterceptorRegistration, TMethod, TMethod> wrap) =>
        server.Options.Interceptors.Reverse().Aggregate(service, (next, registration) => wrap(registration, next));

    // A stream may be long and slow; the limits are each message's.
    private static void LiftBodyLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }
}
