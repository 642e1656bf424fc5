using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Http;

/// <summary>What JSON over HTTP and gRPC have in common for the calls that are transcoded.</summary>
public sealed class TranscodingTests : IAsyncLifetime
{
    private readonly FakeGraphBuilding _service = new();
    private WebApplication _app = null!;
    private HttpClient _http = null!;
    private GrpcChannel _channel = null!;

    public async Task InitializeAsync()
    {
        var builder = ServiceHost.CreateBuilder(TestService.FreePorts, "test", GraphBuilding.Descriptor, 0, 0);
        builder.Logging.ClearProviders();
        builder.Services.Add(new(typeof(FakeGraphBuilding), _service));
        _app = builder.Build();
        _app.MapCommon();
        _app.MapGrpcService<FakeGraphBuilding>();
        _app.MapGet("/v1/by-hand/{id}", string (string id) => throw new NotFoundException($"There is no \"{id}\"."));
        await _app.StartAsync();
        _http = new() { BaseAddress = ServiceEndpoints.Of(_app).Http };
        _channel = GrpcChannel.ForAddress(ServiceEndpoints.Of(_app).Grpc);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _channel.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Get_Answer_HasTheProtosNamesAndProtobufsJson()
    {
        _service.Answer = () => new() { Users = 3_000_000_000, RecordsRead = 7, EventTime = new Timestamp { Seconds = 1 } };

        using var response = await _http.GetAsync("/v1/graphs/status");
        var json = await JsonAsync(response);

        Assert.Equal((HttpStatusCode.OK, "application/json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal("3000000000", json.GetProperty("users").GetString());
        Assert.Equal("7", json.GetProperty("records_read").GetString());
        Assert.Equal("0", json.GetProperty("dead_letters").GetString());
        Assert.Equal("1970-01-01T00:00:01Z", json.GetProperty("event_time").GetString());
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Get_ServiceThrows_TheErrorIsTheSameOverHttpAndGrpc(Exception exception, HttpStatusCode status, string name, StatusCode code, string message)
    {
        _service.Answer = () => throw exception;

        using var response = await _http.GetAsync("/v1/graphs/status");
        var error = (await JsonAsync(response)).GetProperty("error");
        var rpc = await Assert.ThrowsAsync<RpcException>(async () => await new GraphBuilding.GraphBuildingClient(_channel).GetStatusAsync(new()));

        Assert.Equal((status, "application/json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal((name, message), (error.GetProperty("code").GetString(), error.GetProperty("message").GetString()));
        Assert.Equal((code, message), (rpc.StatusCode, rpc.Status.Detail));
    }

    public static TheoryData<Exception, HttpStatusCode, string, StatusCode, string> Errors => new()
    {
        { new InvalidRequestException("k: is \"ü\""), HttpStatusCode.BadRequest, "INVALID_ARGUMENT", StatusCode.InvalidArgument, "k: is \"ü\"" },
        { new NotFoundException("no"), HttpStatusCode.NotFound, "NOT_FOUND", StatusCode.NotFound, "no" },
        { new PreconditionException("not yet"), HttpStatusCode.BadRequest, "FAILED_PRECONDITION", StatusCode.FailedPrecondition, "not yet" },
        { new UnavailableException("later"), HttpStatusCode.ServiceUnavailable, "UNAVAILABLE", StatusCode.Unavailable, "later" },
        { new InvalidOperationException("a bug"), HttpStatusCode.InternalServerError, "UNKNOWN", StatusCode.Unknown, "Exception was thrown by handler." },
    };

    [Fact]
    public async Task Get_UnknownQueryParameter_IsRefusedByName()
    {
        using var response = await _http.GetAsync("/v1/graphs/status?verbose=1");
        var error = (await JsonAsync(response)).GetProperty("error");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(("INVALID_ARGUMENT", "verbose: is not known here; there are no parameters"), (error.GetProperty("code").GetString(), error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Post_WithoutABody_CallsTheMethod()
    {
        using var response = await _http.PostAsync("/v1/graphs/snapshots", content: null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("5", (await JsonAsync(response)).GetProperty("number").GetString());
    }

    [Theory]
    [InlineData("{\"user_id\":\"ann\"}", "utf-16")]
    [InlineData("no JSON either", "utf-16")]
    [InlineData("{}", "no-such-encoding")]
    public async Task Post_BodyOfAnotherEncoding_IsRefusedInUtf8(string body, string charset)
    {
        using var content = new ByteArrayContent(Encoding.Unicode.GetBytes(body));
        content.Headers.TryAddWithoutValidation("content-type", $"application/json; charset={charset}");
        using var response = await _http.PostAsync("/v1/graphs/erasures", content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Equal(
            $"The body is in {charset}; JSON is sent in utf-8.", (await JsonAsync(response)).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Post_StreamThatEndsWithAnError_IsThatError()
    {
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync("/v1/graphs/erasures", content);
        var error = (await JsonAsync(response)).GetProperty("error");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(("UNAVAILABLE", "later"), (error.GetProperty("code").GetString(), error.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Get_EndpointWrittenByHand_HasTheSameErrors()
    {
        using var response = await _http.GetAsync("/v1/by-hand/x");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("There is no \"x\".", (await JsonAsync(response)).GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Post_GrpcOnTheHttpPort_IsRefused()
    {
        using var content = new ByteArrayContent([0, 0, 0, 0, 0]) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } };
        using var response = await _http.PostAsync("/rearm.v1.GraphBuilding/GetStatus", content);

        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) => JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());

    private sealed class FakeGraphBuilding : GraphBuilding.GraphBuildingBase
    {
        public Func<GraphStatus> Answer { get; set; } = () => new();

        public override Task<GraphStatus> GetStatus(GetGraphStatusRequest request, ServerCallContext context) => Task.FromResult(Answer());

        public override Task<SnapshotInfo> PublishSnapshot(PublishSnapshotRequest request, ServerCallContext context) => Task.FromResult(new SnapshotInfo { Number = 5 });

        public override async Task FollowErasure(FollowErasureRequest request, IServerStreamWriter<ErasureStep> responseStream, ServerCallContext context)
        {
            await responseStream.WriteAsync(new() { Place = "live state" });
            await responseStream.WriteAsync(new() { Place = "snapshots" });
            throw new UnavailableException("later");
        }
    }
}
