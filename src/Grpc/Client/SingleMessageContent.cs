using System.Net;
using Grpc.Wire;

namespace Grpc.Net.Client;

/// <summary>The request body of a call with one request. It can be sent again, as HTTP/2 requires for refused streams.</summary>
internal sealed class SingleMessageContent<TRequest, TResponse>(GrpcCall<TRequest, TResponse> call, TRequest request) : HttpContent
    where TRequest : class
    where TResponse : class
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        using var frame = new PooledBufferWriter();
        try
        {
            new MessageWriter(call.MaxSendMessageSize).Write(request, call.Method.RequestMarshaller.ContextualSerializer, frame, call.ShouldCompress(call.WriteOptions));
        }
        catch (Exception ex)
        {
            call.Fail(ex);
            throw;
        }
        await stream.WriteAsync(frame.Written, cancellationToken).ConfigureAwait(false);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
