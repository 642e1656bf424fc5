using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.ServiceDefaults;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Rearm.Streaming.IntegrationTests.Fuzzing;

/// <summary>A service that is sent anything.</summary>
/// <param name="name">What it is called.</param>
/// <param name="endpoints">Where it listens.</param>
/// <param name="services">What it is made of.</param>
/// <param name="answer">Makes a call that it has to answer.</param>
internal sealed class FuzzedService(string name, ServiceEndpoints endpoints, IServiceProvider services, Func<GrpcChannel, Task> answer) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(endpoints.Grpc);

    public string Name { get; } = name;

    public ServiceEndpoints Endpoints { get; } = endpoints;

    public CallInvoker Invoker => _channel.CreateCallInvoker();

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    /// <summary>Whatever it answers, gRPC and HTTP.</summary>
    public IReadOnlyList<RouteEndpoint> Routes { get; } = [.. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>The names of its gRPC services.</summary>
    public IEnumerable<string> Apis => Routes.Select(r => r.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.ServiceName).OfType<string>().Distinct();

    public bool Has(ServiceDescriptor api) => Apis.Contains(api.FullName);

    /// <summary>It still answers as it should.</summary>
    public Task AnswerAsync() => answer(_channel);

    public void Dispose()
    {
        Http.Dispose();
        _channel.Dispose();
    }
}
