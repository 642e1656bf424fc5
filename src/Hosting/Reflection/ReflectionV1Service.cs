using Google.Protobuf.Reflection;
using Grpc.Core;
using Rearm.Streaming.Hosting.Reflection.V1;

namespace Rearm.Streaming.Hosting.Reflection;

/// <summary>grpc.reflection.v1: lists the services mapped in this process and hands out their descriptors.</summary>
internal sealed class ReflectionV1Service(HostedServices hosted) : ServerReflection.ServerReflectionBase
{
    public override async Task ServerReflectionInfo(IAsyncStreamReader<ServerReflectionRequest> requestStream, IServerStreamWriter<ServerReflectionResponse> responseStream, ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken))
            await responseStream.WriteAsync(Answer(hosted, requestStream.Current));
    }

    /// <summary>The answer to one request.</summary>
    public static ServerReflectionResponse Answer(HostedServices hosted, ServerReflectionRequest request)
    {
        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new();
                response.ListServicesResponse.Service.Add(hosted.Services.Select(s => new ServiceResponse { Name = s.FullName }));
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                Put(response, Files(hosted).FirstOrDefault(f => f.Name == request.FileByFilename), $"file {request.FileByFilename}");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                Put(response, Files(hosted).FirstOrDefault(f => Symbols(f).Contains(request.FileContainingSymbol)), $"symbol {request.FileContainingSymbol}");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
                response.AllExtensionNumbersResponse = new() { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            default:
                PutError(response, StatusCode.Unimplemented, $"{request.MessageRequestCase} is not supported: the services here use no extensions.");
                break;
        }
        return response;
    }

    private static void Put(ServerReflectionResponse response, FileDescriptor? file, string what)
    {
        if (file is null)
        {
            PutError(response, StatusCode.NotFound, $"No {what} here.");
            return;
        }
        response.FileDescriptorResponse = new();
        response.FileDescriptorResponse.FileDescriptorProto.Add(WithImports(file).Select(f => f.SerializedData));
    }

    private static void PutError(ServerReflectionResponse response, StatusCode code, string message) =>
        response.ErrorResponse = new() { ErrorCode = (int)code, ErrorMessage = message };

    private static IEnumerable<FileDescriptor> Files(HostedServices hosted) =>
        hosted.Services.SelectMany(s => WithImports(s.File)).DistinctBy(f => f.Name);

    private static IEnumerable<FileDescriptor> WithImports(FileDescriptor file) =>
        file.Dependencies.SelectMany(WithImports).Prepend(file).DistinctBy(f => f.Name);

    private static IEnumerable<string> Symbols(FileDescriptor file) =>
        file.Services.SelectMany(s => s.Methods.Select(m => m.FullName).Prepend(s.FullName))
            .Concat(file.EnumTypes.Select(e => e.FullName))
            .Concat(file.MessageTypes.SelectMany(Symbols));

    private static IEnumerable<string> Symbols(MessageDescriptor message) =>
        message.NestedTypes.SelectMany(Symbols).Concat(message.EnumTypes.Select(e => e.FullName)).Prepend(message.FullName);
}
