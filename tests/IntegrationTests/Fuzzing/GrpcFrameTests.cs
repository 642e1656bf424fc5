using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Fuzzing;

/// <summary>What no gRPC client would put around a message.</summary>
[Collection(SharedFuzzedServices.Name)]
public sealed class GrpcFrameTests(FuzzedServices services)
{
    private const string Grpc = "application/grpc";

    public static TheoryData<string> Apis => [.. FuzzedServices.Apis.Select(api => api.FullName)];

    private static IEnumerable<(string What, string Type, byte[] Body)> Bodies =>
    [
        ("nothing", Grpc, []),
        ("a header cut short", Grpc, [0, 0, 0]),
        ("a message cut short", Grpc, [0, 0, 0, 0, 10, 8]),
        ("a message of 2 GiB", Grpc, [0, 0x7F, 0xFF, 0xFF, 0xFF, 8]),
        ("a message of 4 GiB", Grpc, [0, 0xFF, 0xFF, 0xFF, 0xFF, 8]),
        ("compressed by nothing", Grpc, [1, 0, 0, 0, 0]),
        ("neither compressed nor not", Grpc, [2, 0, 0, 0, 0]),
        ("a message and a half", Grpc, [0, 0, 0, 0, 0, 0, 0, 0]),
        ("text", Grpc, "GET / HTTP/1.1\r\n\r\n"u8.ToArray()),
        ("JSON for gRPC", "application/grpc+json", "{}"u8.ToArray()),
        ("gRPC for browsers", "application/grpc-web", [0, 0, 0, 0, 0]),
        ("JSON", "application/json", "{}"u8.ToArray()),
        ("a type that is none", "///", [0, 0, 0, 0, 0]),
    ];

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Grpc_FrameThatIsNone_HasAForeseenStatus(string name)
    {
        var api = FuzzedServices.Apis.Single(a => a.FullName == name);
        var service = services.Of(api);
        using var http = new HttpClient();
        foreach (var method in api.Methods)
            foreach (var (what, type, body) in Bodies)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(service.Endpoints.Grpc, $"/{name}/{method.Name}"))
                {
                    Version = HttpVersion.Version20,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                };
                request.Headers.TE.Add(new("trailers"));
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.TryAddWithoutValidation("content-type", type);

                using var response = await http.SendAsync(request).WaitAsync(Wait.Patience);

                var status = StatusOf(response.Headers) ?? StatusOf(response.TrailingHeaders);
                Assert.True((int)response.StatusCode < 500, $"{method.FullName} sent {what}: {response.StatusCode}");
                // What is no gRPC at all, HTTP refuses.
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    Assert.NotEqual(Grpc, type);
                    continue;
                }
                Assert.False(status is { } s && GrpcFuzzTests.Unforeseen.Contains(s), $"{method.FullName} sent {what}: {status}");
                Assert.True(status is not null || type != Grpc, $"{method.FullName} sent {what}: no status, but {response}");
            }
        await service.AnswerAsync();
    }

    private static StatusCode? StatusOf(HttpResponseHeaders headers) =>
        headers.TryGetValues("grpc-status", out var values) ? System.Enum.Parse<StatusCode>(values.Single()) : null;
}
