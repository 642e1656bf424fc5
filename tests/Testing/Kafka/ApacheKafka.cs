using Confluent.Kafka;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.Testing.Kafka;

/// <summary>A single Apache Kafka broker as a process, started by the <c>run-broker PORT DATA_DIR</c> of a Kafka home, in a temporary folder.</summary>
public sealed class ApacheKafka : KafkaBroker
{
    private const string Variable = "REARM_TEST_KAFKA_HOME";

    // Another process may take the port before the broker does.
    private const int Attempts = 3;

    private readonly string _home;
    private readonly int _port = FreePort.NextPair();
    private readonly TemporaryFolder _folder = new();
    private readonly int _loginPort = FreePort.NextPair();
    private ChildProcess? _process;

    private ApacheKafka(string home) => _home = home;

    /// <summary>The folder that REARM_TEST_KAFKA_HOME names; null if it names none.</summary>
    public static string? Home => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } home ? home : null;

    /// <inheritdoc/>
    public override string BootstrapServers => $"127.0.0.1:{_port}";

    /// <inheritdoc/>
    public override string Description => $"Apache Kafka {Version(_home)} ({_home})";

    /// <summary>Where clients connect that log in, with SASL PLAIN and without TLS; nothing listens there unless the broker was started with a password.</summary>
    public string LoginBootstrapServers => $"127.0.0.1:{_loginPort}";

    /// <summary>Starts a broker and returns when it answers.</summary>
    /// <param name="home">The Kafka home.</param>
    /// <param name="password">The password of the user "rearm" at <see cref="LoginBootstrapServers"/>; null for no such listener.</param>
    public static async Task<ApacheKafka> StartAsync(string home, string? password = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var kafka = new ApacheKafka(home);
            try
            {
                await kafka.RunAsync(password);
                return kafka;
            }
            catch (TimeoutException) when (attempt < Attempts)
            {
                await kafka.DisposeAsync();
            }
            catch
            {
                await kafka.DisposeAsync();
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
        await base.DisposeAsync();
    }

    private async Task RunAsync(string? password)
    {
        string[] login = password is null ? [] :
        [
            $"listeners=PLAINTEXT://127.0.0.1:{_port},SASL_PLAINTEXT://127.0.0.1:{_loginPort},CONTROLLER://127.0.0.1:{_port + 1}",
            $"advertised.listeners=PLAINTEXT://127.0.0.1:{_port},SASL_PLAINTEXT://127.0.0.1:{_loginPort}",
            "sasl.enabled.mechanisms=PLAIN",
            $"listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_rearm=\"{password}\";",
        ];
        _process = await ChildProcess.StartAsync(Path.Combine(_home, "run-broker"), [$"{_port}", _folder.Path, .. login]);
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = BootstrapServers, ReconnectBackoffMaxMs = 100 }).SetLogHandler((_, _) => { }).Build();
        // Up means that a broker is registered, not that a port is open.
        await Wait.UntilAsync("Apache Kafka answers", () => Task.Run(() => admin.GetMetadata(TimeSpan.FromSeconds(1)).Brokers.Count > 0), _process);
    }

    // The jars carry the version in their names: kafka-clients-4.1.1.jar.
    private static string Version(string home) =>
        Directory.EnumerateFiles(Path.Combine(home, "libs"), "kafka-clients-*.jar").Select(jar => Path.GetFileNameWithoutExtension(jar)["kafka-clients-".Length..]).FirstOrDefault("of unknown version");
}
