using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Grpc.Core;
using Grpc.Wire;

namespace Grpc.AspNetCore.Server;

/// <content>What handlers see of the call.</content>
internal sealed partial class HttpServerCallContext
{
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;
    private AuthContext? _authContext;
    private bool _headersWritten;

    protected override string MethodCore => _method;

    protected override string HostCore => HttpContext.Request.Host.Value ?? "";

    protected override string PeerCore => HttpContext.Connection.RemoteIpAddress switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } mapped => Address("ipv4", mapped.MapToIPv4().ToString()),
        { AddressFamily: AddressFamily.InterNetworkV6 } v6 => Address("ipv6", $"[{v6}]"),
        IPAddress v4 => Address("ipv4", v4.ToString()),
    };

    protected override DateTime DeadlineCore => CallDeadline;

    protected override CancellationToken CancellationTokenCore => CallToken;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadRequestHeaders();

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; } = Status.DefaultSuccess;

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => _authContext ??= ReadAuthContext();

    protected override IDictionary<object, object> UserStateCore => HttpContext.Items!;

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Pass the context's Deadline and CancellationToken to the child call.");

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (_headersWritten || HttpContext.Response.HasStarted)
            throw new InvalidOperationException("Response headers can only be sent once per call, before the first message.");
        _headersWritten = true;
        if (responseHeaders.GetValue(Metadata.CompressionRequestKey) is { } encoding)
            EncodeResponses(encoding);
        Protocol.Write(HttpContext.Response.Headers, responseHeaders);
        await HttpContext.Response.BodyWriter.FlushAsync(CallToken);
    }

    private string Address(string family, string address) => $"{family}:{address}:{HttpContext.Connection.RemotePort}";

    private Metadata ReadRequestHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in HttpContext.Request.Headers)
        {
            foreach (var value in values)
                MetadataHeaders.Add(metadata, name.ToLowerInvariant(), value ?? "");
        }
        return metadata;
    }

    private AuthContext ReadAuthContext()
    {
        var name = HttpContext.Connection.ClientCertificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return name is null
            ? new AuthContext(null, [])
            : new AuthContext("x509_common_name", new() { ["x509_common_name"] = [AuthProperty.Create("x509_common_name", Encoding.UTF8.GetBytes(name))] });
    }
}
