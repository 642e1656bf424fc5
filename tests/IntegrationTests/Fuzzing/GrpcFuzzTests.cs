using Google.Protobuf.Reflection;
using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Fuzzing;

/// <summary>Whatever message is sent to whichever gRPC method: a status that says what is wrong, and the service goes on.</summary>
[Collection(SharedFuzzedServices.Name)]
public sealed class GrpcFuzzTests(FuzzedServices services)
{
    // Those that say that nobody foresaw what happened.
    internal static readonly StatusCode[] Unforeseen = [StatusCode.Unknown, StatusCode.Internal, StatusCode.DataLoss, StatusCode.Aborted];

    private static readonly Marshaller<byte[]> Raw = new(bytes => bytes, bytes => bytes);

    public static TheoryData<string> Methods => [.. All.Select(method => method.FullName)];

    private static IEnumerable<MethodDescriptor> All => FuzzedServices.Apis.SelectMany(api => api.Methods);

    [Fact]
    public void Apis_OfAllServices_AreTried() => Assert.Equal(
        FuzzedServices.Apis.Select(api => api.FullName).Order(),
        services.All.SelectMany(s => s.Apis).Where(name => !name.StartsWith("grpc.", StringComparison.Ordinal)).Order());

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Grpc_WhateverIsSent_HasAForeseenStatus(string name)
    {
        var method = All.Single(m => m.FullName == name);
        var service = services.Of(method.Service);
        var random = new RandomMessages(FuzzBudget.Seed);
        var (seen, passed) = (new SortedDictionary<StatusCode, int>(), 0);
        // There is not much to say in a message without fields.
        foreach (var round in FuzzBudget.Rounds(least: 10, most: method.InputType.Fields.InDeclarationOrder().Count == 0 ? 20 : 150, () => passed > 0))
        {
            byte[][] messages = method.IsClientStreaming ? [random.Bytes(method.InputType), random.Bytes(method.InputType)] : [random.Bytes(method.InputType)];
            var (status, answers) = await CallAsync(service, method, messages);
            var sent = $"seed {FuzzBudget.Seed}, round {round}, {string.Join(" then ", messages.Select(Convert.ToHexString))}";
            Assert.False(Unforeseen.Contains(status.StatusCode), $"{status} to {sent}");
            Assert.True(status.StatusCode == StatusCode.OK || status.Detail.Length > 0, $"{status} to {sent}");
            seen[status.StatusCode] = seen.GetValueOrDefault(status.StatusCode) + 1;
            passed += IsPassed(method, status.StatusCode, answers) ? 1 : 0;
        }
        // Else nothing but the validation would have been tried.
        Assert.True(passed > 0, $"Nothing got past the validation: {string.Join(", ", seen.Select(s => $"{s.Value} times {s.Key}"))}. Seed {FuzzBudget.Seed}.");
        await service.AnswerAsync();
    }

    private static bool IsPassed(MethodDescriptor method, StatusCode status, List<byte[]> answers) => method.OutputType == IngestResponse.Descriptor
        ? answers.Any(a => IngestResponse.Parser.ParseFrom(a).Results.Any(r => r.Status == EventResult.Types.Status.Accepted))
        : status is StatusCode.OK or StatusCode.NotFound or StatusCode.FailedPrecondition;

    private static async Task<(Status Status, List<byte[]> Answers)> CallAsync(FuzzedService service, MethodDescriptor method, byte[][] messages)
    {
        var options = new CallOptions(deadline: DateTime.UtcNow.AddSeconds(60));
        var type = (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (true, true) => MethodType.DuplexStreaming,
            (true, false) => MethodType.ClientStreaming,
            (false, true) => MethodType.ServerStreaming,
            _ => MethodType.Unary,
        };
        var call = new Method<byte[], byte[]>(type, method.Service.FullName, method.Name, Raw, Raw);
        var answers = new List<byte[]>();
        try
        {
            switch (type)
            {
                case MethodType.Unary:
                    using (var unary = service.Invoker.AsyncUnaryCall(call, null, options, messages[0]))
                        answers.Add(await unary.ResponseAsync);
                    break;
                case MethodType.ServerStreaming:
                    // The first answer is enough; one of these streams has no end.
                    using (var stream = service.Invoker.AsyncServerStreamingCall(call, null, options, messages[0]))
                        await stream.ResponseStream.MoveNext();
                    break;
                case MethodType.DuplexStreaming:
                    using (var duplex = service.Invoker.AsyncDuplexStreamingCall(call, null, options))
                    {
                        await SendAsync(duplex.RequestStream, messages);
                        while (await duplex.ResponseStream.MoveNext())
                            answers.Add(duplex.ResponseStream.Current);
                    }
                    break;
                default:
                    throw new NotSupportedException($"{method.FullName} is of a kind that is not tried yet.");
            }
            return (Status.DefaultSuccess, answers);
        }
        catch (RpcException e)
        {
            return (e.Status, answers);
        }
    }

    private static async Task SendAsync(IClientStreamWriter<byte[]> stream, byte[][] messages)
    {
        try
        {
            foreach (var message in messages)
                await stream.WriteAsync(message);
            await stream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The service has ended the call already; its answers say why.
        }
    }
}
