using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

public class InterceptorTests
{
    [Fact]
    public async Task Server_Interceptors_WrapEveryKindOfCallInOrder()
    {
        await using var server = await EchoServer.StartAsync(o =>
        {
            o.Interceptors.Add<Tracing>("outer");
            o.Interceptors.Add<Tracing>("inner");
        });
        await server.Client.UnaryAsync(new EchoRequest());
        await server.Client.ServerStream(new EchoRequest { Count = 1 }).ResponseStream.ReadAllAsync().CountAsync();
        using var upload = server.Client.ClientStream();
        await upload.RequestStream.CompleteAsync();
        await upload;
        using var duplex = server.Client.Duplex();
        await duplex.RequestStream.CompleteAsync();
        await duplex.ResponseStream.ReadAllAsync().CountAsync();
        Assert.Equal(
            from kind in (string[])["Unary", "ServerStream", "ClientStream", "Duplex"]
            from step in (string[])["outer in", "inner in", "inner out", "outer out"]
            select $"{kind} {step}", server.Events.Log.Where(e => e.EndsWith("in") || e.EndsWith("out")));
    }

    [Fact]
    public async Task Server_InterceptorThrows_CallerGetsItsStatus()
    {
        await using var server = await EchoServer.StartAsync(o => o.Interceptors.Add<Refusing>());
        var error = await Assert.ThrowsAsync<RpcException>(async () => await server.Client.UnaryAsync(new EchoRequest { Action = "wait" }));
        Assert.Equal(new Status(StatusCode.Unauthenticated, "who are you?"), error.Status);
        Assert.Empty(server.Events.Log);
    }

    [Fact]
    public async Task Server_InterceptorInServices_IsTakenFromThere()
    {
        await using var server = await EchoServer.StartAsync(o => o.Interceptors.Add<Refusing>(), b => b.Services.AddSingleton<Refusing>(new Refusing { Lenient = true }));
        await server.Client.UnaryAsync(new EchoRequest());
    }

    [Fact]
    public void Server_InterceptorOfAnotherType_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new GrpcServiceOptions().Interceptors.Add(typeof(string)));

    [Fact]
    public async Task Client_Interceptors_SeeAndChangeCalls()
    {
        await using var server = await EchoServer.StartAsync();
        var log = new List<string>();
        var client = new Echo.EchoClient(server.Channel.Intercept(new Tagging("a", log), new Tagging("b", log)));
        Assert.Equal("hi[b][a]", (await client.UnaryAsync(new EchoRequest { Text = "hi" })).Text);
        Assert.Equal(["a /test.v1.Echo/Unary", "b /test.v1.Echo/Unary"], log);
        using var duplex = client.Duplex();
        await duplex.RequestStream.WriteAsync(new EchoRequest { Text = "plain" });
        Assert.True(await duplex.ResponseStream.MoveNext(default));
        Assert.Equal("plain", duplex.ResponseStream.Current.Text);
    }

    [Fact]
    public async Task Service_PerCall_IsCreatedAndDisposed()
    {
        await using var server = await EchoServer.StartAsync(map: app => app.MapGrpcService<DisposableService>());
        var client = new Other.OtherClient(server.Channel);
        await client.AskAsync(new EchoRequest());
        await client.AskAsync(new EchoRequest());
        Assert.Equal(["made", "disposed", "made", "disposed"], server.Events.Log);
    }

    [Fact]
    public async Task Endpoints_OfAService_CarryItsMethodsAndAttributes()
    {
        await using var server = await EchoServer.StartAsync(map: app => app.MapGrpcService<DisposableService>().WithMetadata("convention"));
        var endpoints = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        var methods = endpoints.Select(e => e.Metadata.GetMetadata<GrpcMethodMetadata>()).OfType<GrpcMethodMetadata>().ToList();
        Assert.Equal(["/test.v1.Echo/Unary", "/test.v1.Echo/ServerStream", "/test.v1.Echo/ClientStream", "/test.v1.Echo/Duplex", "/test.v1.Other/Ask"], methods.Select(m => m.Method.FullName));
        Assert.Equal(typeof(DisposableService), methods[^1].ServiceType);
        var ask = endpoints.Single(e => e.Metadata.GetMetadata<GrpcMethodMetadata>()?.ServiceType == typeof(DisposableService));
        Assert.Equal(2, ask.Metadata.GetOrderedMetadata<MarkAttribute>().Count);
        Assert.Equal("convention", ask.Metadata.GetMetadata<string>());
    }

    [Fact]
    public void Service_WithoutBase_IsRefused()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddGrpc();
        Assert.Contains("is no gRPC service", Assert.Throws<InvalidOperationException>(() => builder.Build().MapGrpcService<ServerEvents>()).Message);
    }

    [Fact]
    public void Service_WithoutAddGrpc_IsRefused() =>
        Assert.Contains("AddGrpc", Assert.Throws<InvalidOperationException>(() => WebApplication.CreateSlimBuilder().Build().MapGrpcService<EchoService>()).Message);

    [AttributeUsage(AttributeTargets.All)]
    private sealed class MarkAttribute : Attribute;

    [Mark]
    private sealed class DisposableService : Other.OtherBase, IAsyncDisposable
    {
        private readonly ServerEvents _events;

        public DisposableService(ServerEvents events)
        {
            _events = events;
            events.Add("made");
        }

        [Mark]
        public override Task<EchoReply> Ask(EchoRequest request, ServerCallContext context) => Task.FromResult(new EchoReply());

        public ValueTask DisposeAsync()
        {
            _events.Add("disposed");
            return default;
        }
    }

    private sealed class Tracing(ServerEvents events, string name) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            TraceAsync(context, () => continuation(request, context));

        public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
            TraceAsync(context, () => continuation(requestStream, context));

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
            TraceAsync(context, async () =>
            {
                await continuation(request, responseStream, context);
                return true;
            });

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
            TraceAsync(context, async () =>
            {
                await continuation(requestStream, responseStream, context);
                return true;
            });

        private async Task<T> TraceAsync<T>(ServerCallContext context, Func<Task<T>> call)
        {
            var method = context.Method.Split('/')[^1];
            events.Add($"{method} {name} in");
            var result = await call();
            events.Add($"{method} {name} out");
            return result;
        }
    }

    private sealed class Refusing : Interceptor
    {
        public bool Lenient { get; init; }

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
            Lenient ? continuation(request, context) : throw new RpcException(new Status(StatusCode.Unauthenticated, "who are you?"));
    }

    private sealed class Tagging(string tag, List<string> log) : Interceptor
    {
        public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        {
            log.Add($"{tag} {context.Method.FullName}");
            var call = continuation(request, context);
            return new AsyncUnaryCall<TResponse>(TagAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
        }

        private async Task<TResponse> TagAsync<TResponse>(Task<TResponse> response)
        {
            var message = await response;
            if (message is EchoReply reply)
                reply.Text += $"[{tag}]";
            return message;
        }
    }
}
