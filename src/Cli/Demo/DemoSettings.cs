using System.Globalization;
using Rearm.Streaming.Cli.Doctor;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.Server;
using Rearm.Streaming.Trainer;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>The settings each service is started with, in the form of its command line.</summary>
internal sealed class DemoSettings(DemoOptions options, TrainerPlan plan, string folder)
{
    /// <summary>An embedded partition keeps 5 MB; this many hold any data set the demo is meant for.</summary>
    public const int EmbeddedPartitions = 16;

    public required string Kafka { get; init; }

    public required string Redis { get; init; }

    /// <summary>What the names of topics and keys begin with.</summary>
    public required string Prefix { get; init; }

    public string[] Ingestor => [.. Common(IngestorHost.DefaultGrpcPort, IngestorHost.DefaultHttpPort), .. ToKafka];

    public string[] GraphBuilder =>
    [
        .. Common(GraphBuilderHost.DefaultGrpcPort, GraphBuilderHost.DefaultHttpPort), .. ToKafka, .. ToRedis,
        $"--GraphBuilder:CheckpointDirectory={Path.Combine(folder, "graph-builder")}",
        // The demo asks for snapshots itself: it can report each one, and every run is the same.
        "--GraphBuilder:SnapshotInterval=00:00:00",
        "--GraphBuilder:SnapshotEveryInteractions=0",
    ];

    public string[] Trainer =>
    [
        .. Common(TrainerHost.DefaultGrpcPort, TrainerHost.DefaultHttpPort), .. ToRedis,
        $"--Trainer:CheckpointDirectory={Path.Combine(folder, "trainer")}",
        "--Trainer:Interval=00:00:00",
        "--Trainer:PollInterval=00:00:00.1",
        "--Trainer:MinNewInteractions=0",
        // The story has one generation for each training.
        $"--Trainer:FirstGeneration={TrainerOptions.NoFirstGeneration}",
        $"--Trainer:Model={plan.Model}",
        string.Create(CultureInfo.InvariantCulture, $"--Trainer:MaxEpochs={plan.Epochs}"),
        string.Create(CultureInfo.InvariantCulture, $"--Trainer:LearningRate={plan.LearningRate}"),
        $"--Trainer:Seed={options.Seed}",
    ];

    /// <param name="ingestor">The Ingestor's HTTP address, which the console passes clicks on to.</param>
    /// <param name="graphBuilder">That of the GraphBuilder.</param>
    /// <param name="trainer">That of the Trainer.</param>
    public string[] Server(Uri ingestor, Uri graphBuilder, Uri trainer) =>
    [
        .. Common(ServerHost.DefaultGrpcPort, ServerHost.DefaultHttpPort, options.GrpcPort, options.HttpPort), .. ToRedis,
        "--Server:PollInterval=00:00:00.1",
        "--Server:RecentWeight=0.5",
        $"--Server:Console:Ingestor={ingestor}",
        $"--Server:Console:GraphBuilder={graphBuilder}",
        $"--Server:Console:Trainer={trainer}",
    ];

    private string[] ToKafka =>
    [
        $"--Kafka:BootstrapServers={Kafka}",
        $"--Kafka:TopicPrefix={Prefix}",
        // The embedded broker waits all of fetch.wait.max.ms, even if a message arrives meanwhile.
        "--Kafka:Client:fetch.wait.max.ms=20",
    ];

    private string[] ToRedis => [$"--Redis:Configuration={Redis}", $"--Redis:KeyPrefix={Prefix}"];

    private string[] Common(int grpcPort, int httpPort, int? wantedGrpcPort = null, int? wantedHttpPort = null) =>
    [
        $"--Endpoints:GrpcPort={wantedGrpcPort ?? FreeOrAny(grpcPort)}",
        $"--Endpoints:HttpPort={wantedHttpPort ?? FreeOrAny(httpPort)}",
        // Nobody distributes calls to it, and whoever ends a demo does not want to wait. In an image the environment says otherwise.
        "--Endpoints:DrainDelay=00:00:00",
        $"--Logging:LogLevel:Default={(options.Verbose ? "Information" : "Warning")}",
        // A service that does not start is reported once, by the demo.
        "--Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host=None",
    ];

    private static int FreeOrAny(int port) => FreePorts.IsFree(port) ? port : 0;
}
