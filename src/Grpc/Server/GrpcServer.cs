using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>What every method of an application shares.</summary>
internal sealed class GrpcServer(IOptions<GrpcServiceOptions> options, ILogger<GrpcServer> logger)
{
    public GrpcServiceOptions Options { get; } = options.Value;

    public ILogger Logger => logger;

    /// <summary>Whether the endpoints that answer for unknown services are mapped already.</summary>
    public bool UnknownServicesMapped { get; set; }
}
