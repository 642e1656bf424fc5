using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.Server;
using Rearm.Streaming.Trainer;

namespace Rearm.Streaming.Cli.Doctor;

/// <summary>Where the services listen unless told otherwise.</summary>
internal static class DefaultPorts
{
    public static readonly (string Service, int Port)[] All =
    [
        ("Ingestor gRPC", IngestorHost.DefaultGrpcPort), ("Ingestor HTTP", IngestorHost.DefaultHttpPort),
        ("GraphBuilder gRPC", GraphBuilderHost.DefaultGrpcPort), ("GraphBuilder HTTP", GraphBuilderHost.DefaultHttpPort),
        ("Trainer gRPC", TrainerHost.DefaultGrpcPort), ("Trainer HTTP", TrainerHost.DefaultHttpPort),
        ("Server gRPC", ServerHost.DefaultGrpcPort), ("Server HTTP", ServerHost.DefaultHttpPort),
    ];
}
