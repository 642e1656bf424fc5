using System.IO.Compression;

namespace Grpc.AspNetCore.Server;

/// <summary>Options of every gRPC service of an application.</summary>
public class GrpcServiceOptions
{
    /// <summary>The largest message sent, in bytes; null (the default) for no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>The largest message received, in bytes, before and after decompression; 4 MiB by default, null for no limit.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Whether callers see the type and message of exceptions that handlers throw.</summary>
    public bool? EnableDetailedErrors { get; set; }

    /// <summary>Compresses responses for callers that accept it: <c>gzip</c>, or null (the default) for none.</summary>
    public string? ResponseCompressionAlgorithm { get; set; }

    /// <summary>How hard compression tries; <see cref="CompressionLevel.Fastest"/> by default.</summary>
    public CompressionLevel? ResponseCompressionLevel { get; set; }

    /// <summary>Whether paths of unknown services and methods are left to other endpoints instead of being answered with UNIMPLEMENTED.</summary>
    public bool? IgnoreUnknownServices { get; set; }

    /// <summary>Interceptors of every call, the first one outermost.</summary>
    public InterceptorCollection Interceptors { get; } = [];
}
