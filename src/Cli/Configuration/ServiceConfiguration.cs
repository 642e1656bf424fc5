using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.Server;
using Rearm.Streaming.Server.WebConsole;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Trainer;

namespace Rearm.Streaming.Cli.Configuration;

/// <summary>What can be configured about one service.</summary>
/// <param name="Name">Its name on the command line, e.g. "graph-builder".</param>
/// <param name="Project">Its project, e.g. "GraphBuilder".</param>
/// <param name="Endpoints">Where it listens by default.</param>
/// <param name="Sections">Its sections, with their defaults.</param>
internal sealed record ServiceConfiguration(string Name, string Project, EndpointOptions Endpoints, IReadOnlyList<ConfigurationSection> Sections)
{
    /// <summary>The four services, in the order of the flow.</summary>
    public static IReadOnlyList<ServiceConfiguration> All { get; } =
    [
        Of("ingestor", "Ingestor", IngestorHost.DefaultGrpcPort, IngestorHost.DefaultHttpPort, new KafkaOptions(), new IngestorOptions()),
        Of("graph-builder", "GraphBuilder", GraphBuilderHost.DefaultGrpcPort, GraphBuilderHost.DefaultHttpPort, new KafkaOptions(), new RedisOptions(), new GraphBuilderOptions()),
        Of("trainer", "Trainer", TrainerHost.DefaultGrpcPort, TrainerHost.DefaultHttpPort, new RedisOptions(), new TrainerOptions()),
        Of("server", "Server", ServerHost.DefaultGrpcPort, ServerHost.DefaultHttpPort, new KafkaOptions(), new RedisOptions(), new ServerOptions(), new ConsoleOptions()),
    ];

    /// <summary>Its default ports, with what each is for: "Ingestor gRPC".</summary>
    public IEnumerable<(string Use, int Port)> Ports => [($"{Project} gRPC", Endpoints.GrpcPort), ($"{Project} HTTP", Endpoints.HttpPort)];

    private static ServiceConfiguration Of(string name, string project, int grpcPort, int httpPort, params object[] options)
    {
        var endpoints = new EndpointOptions { GrpcPort = grpcPort, HttpPort = httpPort };
        return new(name, project, endpoints, [ConfigurationSection.Of(endpoints), ConfigurationSection.Of(new AccessOptions()), .. options.Select(ConfigurationSection.Of)]);
    }
}
