using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>Ends gRPC calls with the status that <see cref="ErrorStatus"/> gives an exception.</summary>
internal sealed class GrpcErrors : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (StatusOf(e, context) is { } status)
        {
            throw new RpcException(status, ErrorStatus.TrailersOf(e));
        }
    }

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(requestStream, context);
        }
        catch (Exception e) when (StatusOf(e, context) is { } status)
        {
            throw new RpcException(status, ErrorStatus.TrailersOf(e));
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e) when (StatusOf(e, context) is { } status)
        {
            throw new RpcException(status, ErrorStatus.TrailersOf(e));
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e) when (StatusOf(e, context) is { } status)
        {
            throw new RpcException(status, ErrorStatus.TrailersOf(e));
        }
    }

    // A caller that has hung up is no error of ours, and is logged as none.
    private static Status? StatusOf(Exception exception, ServerCallContext context) =>
        exception is OperationCanceledException && context.CancellationToken.IsCancellationRequested
            ? new(StatusCode.Cancelled, "The caller cancelled the call.")
            : ErrorStatus.Of(exception);
}
