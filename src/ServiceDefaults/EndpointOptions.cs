using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Rearm.Streaming.ServiceDefaults;

/// <summary>Where a service listens (configuration section "Endpoints").</summary>
public sealed class EndpointOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Endpoints";

    /// <summary>IP address to listen on; 0.0.0.0 for all, as containers need.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Port for gRPC (HTTP/2; by TLS where Kestrel:Certificates:Default is configured); 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int GrpcPort { get; set; }

    /// <summary>Port for HTTP/1.1: /healthz, /readyz and the service's JSON; 0 takes a free one.</summary>
    [Range(0, 65535)]
    public int HttpPort { get; set; }

    /// <summary>
    /// How long a service that is told to stop (SIGTERM) still answers, while /readyz and grpc.health.v1 say already that it is not ready: as long as whoever
    /// distributes calls takes to notice. 0 where nobody does; our images have 5 seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan DrainDelay { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(Address, out _))
            yield return new($"{Section}:{nameof(Address)} is \"{Address}\"; an IP address such as 127.0.0.1 or 0.0.0.0 is needed.", [nameof(Address)]);
        if (GrpcPort != 0 && GrpcPort == HttpPort)
            yield return new($"{Section}:{nameof(GrpcPort)} and {Section}:{nameof(HttpPort)} are both {GrpcPort}; they must differ.", [nameof(HttpPort)]);
    }
}
