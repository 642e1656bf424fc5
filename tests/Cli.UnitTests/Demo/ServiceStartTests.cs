using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Demo;

namespace Rearm.Streaming.Cli.UnitTests.Demo;

public sealed class ServiceStartTests : IDisposable
{
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);

    public ServiceStartTests() => _other.Start();

    public void Dispose() => _other.Dispose();

    [Fact]
    public async Task Start_PortTakenMeanwhile_TakesWhatIsBuiltNext()
    {
        var ports = new Queue<int>([Taken, 0]);

        await using var app = await ServiceStart.StartAsync("Trainer", () => On(ports.Dequeue()), CancellationToken.None);

        Assert.Empty(ports);
        Assert.Single(app.Urls);
    }

    [Fact]
    public async Task Start_PortTakenMeanwhile_HasStoppedTheWorkersThatHadBegun()
    {
        var worker = new Worker();
        var ports = new Queue<int>([Taken, 0]);

        await using var app = await ServiceStart.StartAsync("Trainer", () => On(ports.Dequeue(), ports.Count == 1 ? worker : null), CancellationToken.None);

        Assert.True(worker.HasBegun);
        Assert.True(worker.HasEnded);
    }

    [Fact]
    public async Task Start_PortStaysTaken_SaysWhichAndWhatToDo()
    {
        var workers = new List<Worker>();

        var e = await Assert.ThrowsAsync<CliException>(() => ServiceStart.StartAsync("Server", () => On(Taken, New(workers)), CancellationToken.None));

        Assert.Contains($"The Server did not start: Failed to bind to address http://127.0.0.1:{Taken}: address already in use.", e.Message);
        Assert.Contains("rearm doctor", e.Message);
        Assert.InRange(workers.Count, 2, 9);
        Assert.All(workers, worker => Assert.True(worker.HasEnded));
    }

    private int Taken => ((IPEndPoint)_other.LocalEndpoint).Port;

    private static Worker New(List<Worker> workers)
    {
        workers.Add(new());
        return workers[^1];
    }

    private static WebApplication On(int port, Worker? worker = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        if (worker is not null)
            builder.Services.AddHostedService(_ => worker);
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        return builder.Build();
    }

    private sealed class Worker : IHostedService
    {
        public bool HasBegun { get; private set; }

        public bool HasEnded { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            HasBegun = true;
            return Task.CompletedTask;
        }

        // Who only disposes the service does not ask for it.
        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            HasEnded = true;
        }
    }
}
