using Microsoft.Extensions.DependencyInjection;
using Rearm.Streaming.Ingestor.Publishing;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Testing;
using KafkaError = Confluent.Kafka.Error;
using KafkaErrorCode = Confluent.Kafka.ErrorCode;

namespace Rearm.Streaming.Ingestor.UnitTests;

public sealed class IngestorHostTests
{
    [Fact]
    public async Task Run_FatalProducerError_EndsWithAFailure()
    {
        await using var app = IngestorHost.Build(["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", "--Kafka:BootstrapServers=127.0.0.1:1", "--Ingestor:ProduceTimeout=00:00:01", "--Logging:LogLevel:Default=None"]);
        app.Lifetime.ApplicationStarted.Register(() =>
            app.Services.GetRequiredService<EventPublisher>().Settle(new PendingBatch(1), 0, "e", new KafkaError(KafkaErrorCode.Local_Fenced, "another has taken its place", isFatal: true)));

        Assert.Equal(1, await app.RunServiceAsync().WaitAsync(Wait.Patience));
    }

    [Theory]
    [InlineData("--Ingestor:MaxBatch=20000", "MaxBatch")]
    [InlineData("--Ingestor:ProduceTimeout=00:00:00", "ProduceTimeout")]
    [InlineData("--Ingestor:MaxInflite=7", "MaxInflite")]
    public async Task Start_InvalidOption_IsRefusedByName(string flag, string name)
    {
        await using var app = IngestorHost.Build(["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", "--Kafka:BootstrapServers=127.0.0.1:1", flag]);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => app.StartAsync());

        Assert.Contains(name, error.Message);
    }
}
