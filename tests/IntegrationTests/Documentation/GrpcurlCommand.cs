using System.Text.RegularExpressions;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.IntegrationTests.Documentation;

/// <summary>A call as grpcurl takes it, made by way of the method's descriptor: grpcurl itself is in no package of Debian's.</summary>
internal static partial class GrpcurlCommand
{
    private static readonly FileDescriptor[] Files =
        [IngestionReflection.Descriptor, WorkersReflection.Descriptor, RecommenderReflection.Descriptor, GenerationsReflection.Descriptor];

    /// <summary>Makes the call.</summary>
    /// <param name="command">grpcurl -plaintext [-d 'JSON'] HOST:PORT SERVICE/METHOD</param>
    /// <returns>The answer, as JSON.</returns>
    public static async Task<string> RunAsync(string command)
    {
        var call = Call().Match(command);
        if (!call.Success)
            throw new FormatException($"\"{command}\" is no call that this test knows.");
        var method = Files.SelectMany(file => file.Services).Single(service => service.FullName == call.Groups["service"].Value).FindMethodByName(call.Groups["method"].Value);
        var request = JsonParser.Default.Parse(call.Groups["json"] is { Success: true, Value: var json } ? json : "{}", method.InputType);
        using var channel = GrpcChannel.ForAddress($"http://{call.Groups["address"].Value}");
        var marshaller = Marshallers.Create<IMessage>(message => message.ToByteArray(), bytes => method.OutputType.Parser.ParseFrom(bytes));
        var answer = await channel.CreateCallInvoker()
            .AsyncUnaryCall(new Method<IMessage, IMessage>(MethodType.Unary, method.Service.FullName, method.Name, marshaller, marshaller), null, default, request);
        return JsonFormatter.Default.Format(answer);
    }

    [GeneratedRegex(@"^grpcurl -plaintext (?:-d '(?<json>[^']*)' )?(?<address>\S+) (?<service>[\w.]+)/(?<method>\w+)$")]
    private static partial Regex Call();
}
