using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Testing.Kafka;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Kafka;

public sealed class KafkaTests
{
    [Fact]
    public void Settings_UsersProperties_OverrideOurDefaults()
    {
        var clients = Clients(new() { ["linger.ms"] = "50", ["compression.type"] = "none", ["client.id"] = "shop" });

        var producer = clients.ProducerSettings(null);
        var consumer = clients.ConsumerSettings("g", null);

        Assert.Equal((50, CompressionType.None, "shop"), (producer.LingerMs, producer.CompressionType, producer.ClientId));
        Assert.Equal((Acks.All, true, "k:1"), (producer.Acks, producer.EnableIdempotence, producer.BootstrapServers));
        Assert.Equal(("shop", "g", false), (consumer.ClientId, consumer.GroupId, consumer.EnableAutoCommit));
    }

    [Fact]
    public void Settings_NothingSet_AreOurDefaults()
    {
        var producer = Clients([]).ProducerSettings(c => c.LingerMs = 7);

        Assert.Equal((7, CompressionType.Zstd), (producer.LingerMs, producer.CompressionType));
    }

    [Fact]
    public void Settings_Security_IsThatOfEveryClient()
    {
        var options = new KafkaOptions
        {
            BootstrapServers = "k:1",
            SecurityProtocol = "SASL_SSL",
            SaslMechanism = "PLAIN",
            SaslUsername = "rearm",
            SaslPassword = "secret",
            SslCaLocation = "ca.pem",
            SslCertificateLocation = "own.pem",
            SslKeyLocation = "own.key",
            SslKeyPassword = "key-secret",
        };
        var clients = new KafkaClients(Options.Create(options), NullLogger<KafkaClients>.Instance);

        foreach (var config in new ClientConfig[] { clients.ProducerSettings(null), clients.ConsumerSettings("g", null) })
        {
            Assert.Equal((SecurityProtocol.SaslSsl, SaslMechanism.Plain), (config.SecurityProtocol, config.SaslMechanism));
            Assert.Equal(("rearm", "secret", "ca.pem"), (config.SaslUsername, config.SaslPassword, config.SslCaLocation));
            Assert.Equal(("own.pem", "own.key", "key-secret"), (config.SslCertificateLocation, config.SslKeyLocation, config.SslKeyPassword));
        }
    }

    [Fact]
    public void Settings_NoSecurity_LeavesItToTheClient()
    {
        var config = Clients([]).ConsumerSettings("g", null);

        Assert.Null(config.SecurityProtocol);
        Assert.Null(config.SaslMechanism);
    }

    [Theory]
    [InlineData("SaslUsername", "--Kafka:SecurityProtocol=SASL_SSL")]
    [InlineData("SecurityProtocol", "--Kafka:SecurityProtocol=TLS")]
    [InlineData("SecurityProtocol", "--Kafka:SaslUsername=rearm")]
    [InlineData("SslKeyLocation", "--Kafka:SslCertificateLocation=a.pem")]
    [InlineData("no-such.pem", "--Kafka:SslCaLocation=no-such.pem")]
    [InlineData("SaslMechanism", "--Kafka:SaslMechanism=MAGIC")]
    [InlineData("Kafka:Client:partitioner", "--Kafka:Client:partitioner=random")]
    [InlineData("InteractionsRetention", "--Kafka:InteractionsRetention=-1.00:00:00")]
    public async Task Start_SecurityThatDoesNotFit_IsRefusedByName(string name, string flag)
    {
        await using var app = TestService.Build([.. TestService.FreePorts, flag], b => b.Services.AddKafka());

        Assert.Contains(name, (await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync())).Message);
    }

    [Fact]
    public async Task CreateProducer_AnyKey_GoesWhereJavasClientPutsIt()
    {
        using var broker = new MockBroker();
        var clients = new KafkaClients(Options.Create(new KafkaOptions { BootstrapServers = broker.BootstrapServers }), NullLogger<KafkaClients>.Instance);
        broker.CreateTopics("t");
        using var producer = clients.CreateProducer();

        foreach (var key in new[] { "ann", "bob", "018ULPKHFF1A", "Ünïcode 🙂", "a", "little-tent", "1", "user-12345" })
        {
            var bytes = Encoding.UTF8.GetBytes(key);
            var delivered = await producer.ProduceAsync("t.interactions", new() { Key = bytes, Value = [1] });
            Assert.Equal((Murmur2.Of(bytes) & 0x7fffffff) % 4, delivered.Partition.Value);
        }
    }

    private static KafkaClients Clients(Dictionary<string, string> client) =>
        new(Options.Create(new KafkaOptions { BootstrapServers = "k:1", Client = client }), NullLogger<KafkaClients>.Instance);
}
