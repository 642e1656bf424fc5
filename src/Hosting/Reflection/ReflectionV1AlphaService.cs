using Google.Protobuf;
using Grpc.Core;
using Rearm.Streaming.Hosting.Reflection.V1Alpha;

namespace Rearm.Streaming.Hosting.Reflection;

/// <summary>grpc.reflection.v1alpha: the same messages on the wire as v1 under the name that older tools ask for.</summary>
internal sealed class ReflectionV1AlphaService(HostedServices hosted) : ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(IAsyncStreamReader<ServerReflectionRequest> requestStream, IServerStreamWriter<ServerReflectionResponse> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var request = V1.ServerReflectionRequest.Parser.ParseFrom(requestStream.Current.ToByteString());
            await responseStream.WriteAsync(ServerReflectionResponse.Parser.ParseFrom(ReflectionV1Service.Answer(hosted, request).ToByteString()));
        }
    }
}
