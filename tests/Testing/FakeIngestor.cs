using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing.Processes;
using Result = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Testing;

/// <summary>An Ingestor that keeps what it is sent and fails as the test says; it can be stopped and started again on its port.</summary>
public sealed class FakeIngestor : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private WebApplication? _app;
    private int _requests;

    /// <summary>The requests that were answered, in order.</summary>
    public List<IngestRequest> Taken { get; } = [];

    /// <summary>The events that were accepted, in order.</summary>
    public List<string> Accepted { get; } = [];

    public int Calls { get; private set; }

    /// <summary>The port, the same when it comes back.</summary>
    public int Port { get; } = FreePort.Next();

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Called before a request (numbered from 1, over all calls) is answered; may throw, or abort the call.</summary>
    public Func<int, ServerCallContext, Task> OnRequest { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What becomes of an event of a request, given the request's number and the event's id.</summary>
    public Func<int, string, Result> Judge { get; set; } = (_, _) => Result.Accepted;

    public static async Task<FakeIngestor> StartAsync()
    {
        var ingestor = new FakeIngestor();
        await ingestor.ComeBackAsync();
        return ingestor;
    }

    public async Task ComeBackAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, Port, l => l.Protocols = HttpProtocols.Http2));
        builder.WebHost.UseShutdownTimeout(TimeSpan.Zero);
        _app = builder.Build();
        _app.MapGrpcService<Service>();
        await _app.StartAsync();
    }

    public async Task DieAsync()
    {
        if (_app is { } app)
            await app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync() => await DieAsync();

    private sealed class Service(FakeIngestor fake) : Ingestion.IngestionBase
    {
        public override async Task IngestStream(IAsyncStreamReader<IngestRequest> requestStream, IServerStreamWriter<IngestResponse> responseStream, ServerCallContext context)
        {
            lock (fake._lock)
                fake.Calls++;
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                var request = requestStream.Current;
                var number = Interlocked.Increment(ref fake._requests);
                await fake.OnRequest(number, context);
                var response = new IngestResponse();
                lock (fake._lock)
                {
                    fake.Taken.Add(request);
                    foreach (var id in request.Events.Select(e => e.Interaction?.EventId ?? e.Item.EventId))
                    {
                        var status = fake.Judge(number, id);
                        if (status == Result.Accepted)
                            fake.Accepted.Add(id);
                        response.Results.Add(new EventResult { EventId = id, Status = status, Reason = status == Result.Accepted ? "" : "as the test says" });
                    }
                }
                await responseStream.WriteAsync(response);
            }
        }
    }
}
