using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.ServiceDefaults.Redis;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.ServiceDefaults.UnitTests;

public sealed class ServiceHostTests
{
    [Fact]
    public async Task Endpoints_FreePorts_AreTheOnesTheServiceGot()
    {
        await using var service = await TestService.StartAsync();

        Assert.NotEqual(service.Endpoints.Grpc.Port, service.Endpoints.Http.Port);
        Assert.All(new[] { service.Endpoints.Grpc, service.Endpoints.Http }, e => Assert.InRange(e.Port, 1, 65535));
        Assert.Equal(HttpStatusCode.OK, (await service.Http.GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task Endpoints_BeforeTheStart_AreUnknown()
    {
        await using var app = TestService.Build(TestService.FreePorts);

        Assert.Throws<InvalidOperationException>(() => ServiceEndpoints.Of(app));
    }

    [Fact]
    public async Task ConsoleLog_Configured_IsAsConfigured()
    {
        await using var plain = TestService.Build(TestService.FreePorts);
        await using var json = TestService.Build(
            [.. TestService.FreePorts, "--Logging:Console:FormatterName=json", "--Logging:Console:FormatterOptions:TimestampFormat=HH:mm", "--Logging:Console:FormatterOptions:IncludeScopes=true"]);

        Assert.True(plain.Services.GetRequiredService<IOptionsMonitor<SimpleConsoleFormatterOptions>>().CurrentValue.SingleLine);
        Assert.Equal("json", json.Services.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue.FormatterName);
        var options = json.Services.GetRequiredService<IOptionsMonitor<JsonConsoleFormatterOptions>>().CurrentValue;
        Assert.Equal(("HH:mm", true, true), (options.TimestampFormat, options.IncludeScopes, options.UseUtcTimestamp));
    }

    [Fact]
    public async Task Endpoints_NotConfigured_AreTheServicesDefaults()
    {
        var builder = ServiceHost.CreateBuilder(["--Endpoints:HttpPort=0"], "test", Ingestion.Descriptor, 4711, 4712);
        await using var app = builder.Build();

        var endpoints = app.Services.GetRequiredService<IOptions<EndpointOptions>>().Value;

        Assert.Equal((4711, 0), (endpoints.GrpcPort, endpoints.HttpPort));
    }

    [Theory]
    [InlineData("--Endpoints:GrpcPort=70000", "GrpcPort")]
    [InlineData("--Endpoints:GrpcPort=many", "GrpcPort")]
    [InlineData("--Endpoints:Address=localhost", "Address")]
    [InlineData("--Endpoints:GrpcPrt=1", "GrpcPrt")]
    [InlineData("--Kafka:Partitions=0", "Partitions")]
    [InlineData("--Kafka:TopicPrefix=a b", "TopicPrefix")]
    [InlineData("--Kafka:BootstrapServer=x:1", "BootstrapServer")]
    [InlineData("--Kafka:Client:acks=1", "Kafka:Client:acks")]
    [InlineData("--Kafka:Client:Group.Id=x", "Group.Id")]
    [InlineData("--Kafka:Client:bootstrap.servers=x:1", "Kafka:BootstrapServers")]
    [InlineData("--Redis:KeyPrefix=", "KeyPrefix")]
    [InlineData("--Redis:Configuration=127.0.0.1:6379,nonsense=1", "Redis:Configuration")]
    [InlineData("--Redis:Configuration=127.0.0.1:6379,connectTimeout=soon", "Redis:Configuration")]
    [InlineData("--Redis:Configuration=password=x", "Redis:Configuration")]
    [InlineData("--Test:Interval=00:00:00", "Interval")]
    [InlineData("--Test:Interval=soon", "Interval")]
    public async Task Run_InvalidOption_IsRefusedByName(string flag, string name)
    {
        await using var app = TestService.Build([.. TestService.FreePorts, flag], WithOptions);
        var said = new StringWriter();

        var code = await RunAsync(app, said);

        Assert.Equal(2, code);
        Assert.Contains(name, said.ToString());
        Assert.StartsWith("Refused to start: ", said.ToString());
        Assert.Contains("rearm config prints every option", said.ToString());
    }

    [Fact]
    public async Task Run_SamePortTwice_IsRefused()
    {
        await using var app = TestService.Build(["--Endpoints:GrpcPort=4711", "--Endpoints:HttpPort=4711"]);
        var said = new StringWriter();

        Assert.Equal(2, await RunAsync(app, said));

        Assert.Contains("4711", said.ToString());
    }

    [Fact]
    public async Task Run_PortTaken_IsRefusedNamingIt()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var app = TestService.Build([$"--Endpoints:GrpcPort={port}", "--Endpoints:HttpPort=0"]);
        var said = new StringWriter();

        Assert.Equal(2, await RunAsync(app, said));

        Assert.Contains($"{port}", said.ToString());
        Assert.Contains("Choose others: Endpoints:Address, Endpoints:GrpcPort", said.ToString());
    }

    [Fact]
    public async Task Run_AddressOfAnotherMachine_IsRefusedNamingItInOneLine()
    {
        var log = new KeptLog();
        await using var app = TestService.Build(["--Endpoints:Address=192.0.2.1", .. TestService.FreePorts], b =>
        {
            b.Logging.AddProvider(log);
            b.Services.AddHostedService<Waiting>();
        });
        var said = new StringWriter();

        Assert.Equal(2, await RunAsync(app, said));

        Assert.Contains("192.0.2.1", said.ToString());
        Assert.Single(said.ToString().TrimEnd().Split('\n'));
        Assert.Empty(log.Entries);
    }

    [Fact]
    public async Task Run_RefusesToStart_WaitsForTheWorkersThatHadBegunAndDrainsNothing()
    {
        var (worker, log) = (new Leaving(), new KeptLog());
        await using var app = TestService.Build(["--Endpoints:Address=192.0.2.1", "--Endpoints:DrainDelay=00:00:30", .. TestService.FreePorts], b =>
        {
            b.Logging.AddProvider(log);
            b.Services.AddHostedService(_ => worker);
        });

        Assert.Equal(2, await RunAsync(app, new()));

        Assert.True(worker.HasEnded);
        Assert.Empty(log.Entries);
    }

    [Theory]
    [InlineData(SocketError.AccessDenied, true)]
    [InlineData(SocketError.AddressAlreadyInUse, true)]
    [InlineData(SocketError.ConnectionRefused, false)]
    public void IsRefusal_SocketErrors_AreThoseOfListening(SocketError error, bool expected) =>
        Assert.Equal(expected, ServiceHost.IsRefusal(new SocketException((int)error)));

    [Fact]
    public void IsRefusal_AddressInUse_IsOneInBothForms()
    {
        Assert.True(ServiceHost.IsRefusal(new AddressInUseException("taken")));
        Assert.True(ServiceHost.IsRefusal(new IOException("taken", new AddressInUseException("taken"))));
    }

    [Fact]
    public async Task Run_Cancelled_ExitsWithZero()
    {
        await using var app = TestService.Build(TestService.FreePorts);
        using var stop = new CancellationTokenSource();
        app.Lifetime.ApplicationStarted.Register(stop.Cancel);

        Assert.Equal(0, await app.RunServiceAsync(stop.Token).WaitAsync(Wait.Patience));
    }

    [Fact]
    public async Task Configuration_Flags_OverrideTheEnvironment()
    {
        Environment.SetEnvironmentVariable("Test__Name", "environment");
        Environment.SetEnvironmentVariable("Test__Interval", "00:00:07");
        try
        {
            await using var app = TestService.Build(["--Test:Name=flag"], WithOptions);

            var options = app.Services.GetRequiredService<IOptions<TestOptions>>().Value;

            Assert.Equal(("flag", TimeSpan.FromSeconds(7)), (options.Name, options.Interval));
        }
        finally
        {
            Environment.SetEnvironmentVariable("Test__Name", null);
            Environment.SetEnvironmentVariable("Test__Interval", null);
        }
    }

    private static void WithOptions(WebApplicationBuilder builder)
    {
        builder.Services.AddKafka();
        builder.Services.AddRedis();
        builder.Services.AddValidatedOptions<TestOptions>("Test");
    }

    private static async Task<int> RunAsync(WebApplication app, StringWriter said)
    {
        var before = Console.Error;
        Console.SetError(said);
        try
        {
            return await app.RunServiceAsync().WaitAsync(Wait.Patience);
        }
        finally
        {
            Console.SetError(before);
        }
    }

    /// <summary>A worker that waits until it is stopped.</summary>
    private sealed class Waiting : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Delay(Timeout.Infinite, stoppingToken);
    }

    /// <summary>Something that is over when it is told to stop.</summary>
    private sealed class Leaving : IHostedService
    {
        public bool HasEnded { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            await Task.Yield();
            HasEnded = true;
        }
    }

    private sealed class TestOptions
    {
        public string Name { get; set; } = "";

        [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
        public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);
    }
}
