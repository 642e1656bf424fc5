using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

/// <summary>Sends arbitrary bytes to a server as a gRPC request, and takes the response apart.</summary>
public sealed class RawClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } });

    public static byte[] Frame(byte[] payload, byte flag = 0, uint? length = null)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length ?? (uint)payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    public async Task<RawResponse> PostAsync(string path, byte[] body, Action<HttpRequestMessage>? configure = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        configure?.Invoke(request);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var response = await _http.SendAsync(request, limit.Token);
        return new RawResponse(response, await response.Content.ReadAsByteArrayAsync(limit.Token));
    }

    public void Dispose() => _http.Dispose();
}

public sealed class RawResponse
{
    public RawResponse(HttpResponseMessage response, byte[] body)
    {
        HttpStatus = response.StatusCode;
        ContentType = response.Content.Headers.ContentType?.ToString();
        IsTrailersOnly = response.Headers.Contains("grpc-status");
        foreach (var (name, values) in response.Headers.Concat(response.TrailingHeaders))
            Headers[name] = string.Join(',', values);
        for (var rest = ContentType == "application/grpc" ? body.AsSpan() : []; rest.Length > 0;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest[1..]);
            Messages.Add((rest[0], rest.Slice(5, length).ToArray()));
            rest = rest[(5 + length)..];
        }
    }

    public HttpStatusCode HttpStatus { get; }

    public string? ContentType { get; }

    public bool IsTrailersOnly { get; }

    public Dictionary<string, string> Headers { get; } = [];

    public List<(byte Flag, byte[] Payload)> Messages { get; } = [];

    public string? GrpcStatus => Headers.GetValueOrDefault("grpc-status");

    public string? GrpcMessage => Headers.GetValueOrDefault("grpc-message");

    public IEnumerable<string> Texts => Messages.Select(m => EchoReply.Parser.ParseFrom(m.Payload).Text);
}
