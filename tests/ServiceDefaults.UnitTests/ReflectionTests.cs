using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Reflection.V1;

namespace Rearm.Streaming.ServiceDefaults.UnitTests;

public sealed class ReflectionTests
{
    [Fact]
    public async Task ListServices_Always_NamesEveryMappedService()
    {
        var answer = Assert.Single(await AskAsync(new ServerReflectionRequest { ListServices = "" }));

        Assert.Equal(
            ["grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "rearm.v1.Ingestion"],
            answer.ListServicesResponse.Service.Select(s => s.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("rearm.v1.Ingestion")]
    [InlineData("rearm.v1.Ingestion.Ingest")]
    [InlineData("rearm.v1.EventResult.Status")]
    [InlineData("google.protobuf.Timestamp")]
    public async Task FileContainingSymbol_AnySymbol_ComesWithAllImports(string symbol)
    {
        var answer = Assert.Single(await AskAsync(new ServerReflectionRequest { FileContainingSymbol = symbol }));

        // Building needs every import before what imports it.
        var files = answer.FileDescriptorResponse.FileDescriptorProto;
        Assert.NotEmpty(FileDescriptor.BuildFromByteStrings(files.Reverse()));
    }

    [Fact]
    public async Task FileByFilename_KnownFile_IsThatFile()
    {
        var answer = Assert.Single(await AskAsync(new ServerReflectionRequest { FileByFilename = "rearm/v1/ingestion.proto" }));

        Assert.Equal("rearm/v1/ingestion.proto", FileDescriptorProto.Parser.ParseFrom(answer.FileDescriptorResponse.FileDescriptorProto[0]).Name);
    }

    [Fact]
    public async Task Unknown_SymbolOrFile_IsAnErrorAndTheCallContinues()
    {
        var answers = await AskAsync(
            new ServerReflectionRequest { FileContainingSymbol = "rearm.v1.Nothing" },
            new ServerReflectionRequest { FileByFilename = "nothing.proto" },
            new ServerReflectionRequest { FileContainingExtension = new() { ContainingType = "rearm.v1.Event", ExtensionNumber = 1 } },
            new ServerReflectionRequest { ListServices = "" });

        Assert.Equal([(int)StatusCode.NotFound, (int)StatusCode.NotFound, (int)StatusCode.Unimplemented], answers.Take(3).Select(a => a.ErrorResponse.ErrorCode));
        Assert.NotNull(answers[3].ListServicesResponse);
    }

    [Fact]
    public async Task V1Alpha_SameQuestion_HasTheSameAnswer()
    {
        await using var service = await TestService.StartAsync();
        using var call = new global::Grpc.Reflection.V1Alpha.ServerReflection.ServerReflectionClient(service.Channel).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new() { FileContainingSymbol = "rearm.v1.Ingestion" });
        await call.RequestStream.CompleteAsync();

        Assert.True(await call.ResponseStream.MoveNext(default));

        Assert.Equal(
            Assert.Single(await AskAsync(new ServerReflectionRequest { FileContainingSymbol = "rearm.v1.Ingestion" })).ToByteString(),
            call.ResponseStream.Current.ToByteString());
    }

    private static async Task<List<ServerReflectionResponse>> AskAsync(params ServerReflectionRequest[] requests)
    {
        await using var service = await TestService.StartAsync();
        using var call = new ServerReflection.ServerReflectionClient(service.Channel).ServerReflectionInfo();
        foreach (var request in requests)
            await call.RequestStream.WriteAsync(request);
        await call.RequestStream.CompleteAsync();
        var answers = new List<ServerReflectionResponse>();
        while (await call.ResponseStream.MoveNext(default))
            answers.Add(call.ResponseStream.Current);
        return answers;
    }
}
