using System.Net;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Server.Fuzzing;

/// <summary>Whatever is sent to whichever endpoint: a status that says what is wrong, and the Server goes on.</summary>
public class MalformedCallsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    private const int Rounds = 150;

    // Those that say that nobody foresaw what happened.
    private static readonly StatusCode[] Unforeseen = [StatusCode.Unknown, StatusCode.Internal, StatusCode.DataLoss, StatusCode.Aborted];

    private static readonly Marshaller<byte[]> Raw = new(bytes => bytes, bytes => bytes);

    public static TheoryData<string> Methods =>
        [.. new[] { Recommender.Descriptor, Generations.Descriptor }.SelectMany(service => service.Methods).Select(method => $"{method.Service.FullName}/{method.Name}")];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Grpc_WhateverIsSent_HasAForeseenStatus(string name)
    {
        await using var server = await TestServer.StartAsync(fixture.Server, TestModel.Compass());
        var method = new[] { Recommender.Descriptor, Generations.Descriptor }.SelectMany(service => service.Methods).Single(m => $"{m.Service.FullName}/{m.Name}" == name);
        var random = new RandomMessages(seed: 1);
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = random.Bytes(method.InputType);
            var status = await CallAsync(server, method, bytes);
            Assert.False(Unforeseen.Contains(status.StatusCode), $"{status} to {Convert.ToHexString(bytes)}");
            if (status.StatusCode != StatusCode.OK)
                Assert.NotEmpty(status.Detail);
        }
        Assert.NotEmpty((await server.RecommendAsync("east")).Items);
    }

    [Fact]
    public async Task Http_WhateverIsAsked_HasAForeseenStatus()
    {
        await using var server = await TestServer.StartAsync(fixture.Server, TestModel.Compass());
        var random = new Random(1);
        string[] paths =
        [
            "/v1/users/{0}/recommendations", "/v1/items/{0}/similar", "/v1/popular", "/v1/trending", "/v1/recommendations/batch", "/v1/recommendations/session", "/v1/status",
            "/v1/generations", "/v1/{0}", "/{0}", "/healthz", "/readyz",
        ];
        string[] names = ["k", "category", "all_category", "no_category", "exclude", "only", "include_unavailable", "page_token", "context", "diversity", "explain", "by", "modality", "exclude_seen", "x"];
        string[] values = ["", "1", "-1", "1e400", "NaN", "true", "yes", "a", "%", "%zz", "%00", "%ff%fe", "..", "%2e%2e", "a%2Fb", new('x', 3000), "\u00e9", "99999999999999999999", "model", "features"];
        string[] bodies = ["", "{", "[]", "null", "{}", "{\"requests\":[{}]}", "{\"item_ids\":[\"a\"],\"k\":\"x\"}", "{\"item_ids\":{\"a\":1}}", "\u0000", new('[', 5000)];
        HttpMethod[] verbs = [HttpMethod.Get, HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete];
        for (var round = 0; round < 4 * Rounds; round++)
        {
            var path = string.Format(System.Globalization.CultureInfo.InvariantCulture, Pick(paths), Pick(values));
            var query = string.Join('&', Enumerable.Range(0, random.Next(4)).Select(_ => $"{Pick(names)}={Pick(values)}"));
            using var request = new HttpRequestMessage(Pick(verbs), new Uri($"{server.Endpoints.Http.GetLeftPart(UriPartial.Authority)}{path}?{query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
            if (request.Method == HttpMethod.Post)
                request.Content = new StringContent(Pick(bodies), System.Text.Encoding.UTF8, "application/json");

            using var response = await server.Http.SendAsync(request);

            var answer = await response.Content.ReadAsStringAsync();
            Assert.False(response.StatusCode >= HttpStatusCode.InternalServerError, $"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {answer}");
        }
        Assert.NotEmpty((await server.RecommendAsync("east")).Items);

        T Pick<T>(T[] from) => from[random.Next(from.Length)];
    }

    private static async Task<Status> CallAsync(TestServer server, MethodDescriptor method, byte[] bytes)
    {
        using var cancel = new CancellationTokenSource();
        var options = new CallOptions(deadline: DateTime.UtcNow.AddSeconds(30), cancellationToken: cancel.Token);
        var call = new Method<byte[], byte[]>(method.IsServerStreaming ? MethodType.ServerStreaming : MethodType.Unary, method.Service.FullName, method.Name, Raw, Raw);
        try
        {
            if (method.IsServerStreaming)
            {
                // The first answer is enough; one of these streams has no end.
                using var stream = server.Invoker.AsyncServerStreamingCall(call, null, options, bytes);
                await stream.ResponseStream.MoveNext();
            }
            else
            {
                using var unary = server.Invoker.AsyncUnaryCall(call, null, options, bytes);
                await unary.ResponseAsync;
            }
            return Status.DefaultSuccess;
        }
        catch (RpcException e)
        {
            return e.Status;
        }
    }
}
