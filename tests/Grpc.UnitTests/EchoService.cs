using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

/// <summary>What happened at the server, for tests to wait for.</summary>
public sealed class ServerEvents
{
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    /// <summary>What a handler of the action "hold" waits for.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Log { get; } = new();

    public void Add(string name)
    {
        Log.Enqueue(name);
        _events.Writer.TryWrite(name);
    }

    public async Task WaitForAsync(string name)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await _events.Reader.ReadAsync(limit.Token) != name)
        {
        }
    }
}

/// <summary>Echoes, and misbehaves on request.</summary>
public sealed class EchoService(ServerEvents events) : Echo.EchoBase
{
    public static readonly byte[] Details = [0, 255, 16];

    public override async Task<EchoReply> Unary(EchoRequest request, ServerCallContext context)
    {
        await ActAsync(request, context);
        return request.Action switch
        {
            "null" => null!,
            "big" => new EchoReply { Text = new string('x', request.Count) },
            "encoding" => new EchoReply { Text = context.GetHttpContext().Request.Headers["grpc-encoding"] },
            "context" => new EchoReply { Text = $"{context.Method}|{context.Host}|{context.Peer}|{context.AuthContext.IsPeerAuthenticated}" },
            "keys" => new EchoReply { Text = string.Join(',', context.RequestHeaders.Select(e => e.Key).Order()) },
            "timeout" => new EchoReply { Text = $"{(context.Deadline - DateTime.UtcNow).TotalSeconds:0}" },
            _ => new EchoReply { Text = request.Text },
        };
    }

    public override async Task ServerStream(EchoRequest request, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        for (var i = 0; i < request.Count; i++)
            await responseStream.WriteAsync(new EchoReply { Text = request.Text + i });
        await ActAsync(request, context);
    }

    public override async Task<EchoReply> ClientStream(IAsyncStreamReader<EchoRequest> requestStream, ServerCallContext context)
    {
        var text = "";
        try
        {
            await foreach (var request in requestStream.ReadAllAsync())
            {
                text += request.Text;
                if (request.Action == "enough")
                    break;
                await ActAsync(request, context);
            }
        }
        finally
        {
            events.Add("stream ended");
        }
        return new EchoReply { Text = text };
    }

    public override async Task Duplex(IAsyncStreamReader<EchoRequest> requestStream, IServerStreamWriter<EchoReply> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            await ActAsync(request, context);
            await responseStream.WriteAsync(new EchoReply { Text = request.Text });
        }
    }

    private async Task ActAsync(EchoRequest request, ServerCallContext context)
    {
        switch (request.Action)
        {
            case "metadata":
                var echoed = new Metadata();
                foreach (var entry in context.RequestHeaders.Where(e => e.Key.StartsWith("x-echo")))
                    echoed.Add(entry);
                await context.WriteResponseHeadersAsync(echoed);
                foreach (var entry in echoed)
                    context.ResponseTrailers.Add(entry);
                break;
            case "fail":
                throw new RpcException(new Status((StatusCode)request.Count, request.Text),
                    new Metadata { { "x-why", "because" }, { "grpc-status-details-bin", Details } });
            case "set status":
                context.Status = new Status((StatusCode)request.Count, request.Text);
                break;
            case "throw":
                throw new InvalidOperationException(request.Text);
            case "bad trailer":
                context.ResponseTrailers.Add("x-bad", "ü");
                break;
            case "no compress":
                context.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
                break;
            case "hold":
                events.Add("held");
                await events.Release.Task;
                events.Add("let go");
                break;
            case "wait":
                events.Add("waiting");
                try
                {
                    await Task.Delay(Timeout.Infinite, context.CancellationToken);
                }
                finally
                {
                    events.Add("cancelled");
                }
                break;
        }
    }
}
