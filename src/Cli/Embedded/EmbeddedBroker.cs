using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;

namespace Rearm.Streaming.Cli.Embedded;

/// <summary>
/// A Kafka broker inside this process: librdkafka's own test cluster, which speaks the real protocol on 127.0.0.1, so that other
/// processes can connect too. For demos and tests; its contents are gone when it is disposed.
/// </summary>
/// <remarks>
/// Supported: produce (idempotent too; gzip, snappy, lz4 and zstd batches are kept as they came), fetch, assign and seek, consumer
/// groups with committed offsets, earliest and latest offsets.
/// Limits:
/// <list type="bullet">
/// <item>It keeps the newest <see cref="BytesPerPartition"/> bytes (as compressed by the producer) and 100,000 batches of each
/// partition, silently drops older ones, and this can't be changed: give a topic enough partitions for what it must hold.</item>
/// <item>The AdminClient's CreateTopics is refused (Local_UnsupportedFeature): use <see cref="CreateTopic(string, int)"/>. A topic that a producer asks for is
/// created with 4 partitions; a consumer creates none unless allow.auto.create.topics says so.</item>
/// <item>A fetch that finds nothing sleeps for the whole of fetch.wait.max.ms (500 by default), even if a message arrives meanwhile, and one
/// that finds something brings one batch per partition: consumers want a fetch.wait.max.ms of 50 or less, producers a linger.</item>
/// <item>A group that members join or leave waits for session.timeout.ms - 1 s before it assigns anew; assign partitions instead.</item>
/// <item>No compaction, no retention by time, no offsets by timestamp, no filtering of aborted transactions, no fixed port.</item>
/// </list>
/// </remarks>
public sealed partial class EmbeddedBroker : IAsyncDisposable
{
    /// <summary>What a partition keeps, in bytes; older batches make room for newer ones.</summary>
    public const int BytesPerPartition = 5 * 1024 * 1024;

    private const int ProducerType = 0;

    private readonly nint _client;
    private readonly nint _cluster;
    private int _disposed;

    private EmbeddedBroker(nint client, nint cluster)
    {
        _client = client;
        _cluster = cluster;
        BootstrapServers = Marshal.PtrToStringUTF8(ClusterBootstraps(cluster))!;
    }

    /// <summary>Where clients connect: <c>127.0.0.1:port</c>, the port chosen by the system.</summary>
    public string BootstrapServers { get; }

    /// <summary>Starts a broker without topics.</summary>
    /// <exception cref="InvalidOperationException">librdkafka could not start it.</exception>
    /// <exception cref="DllNotFoundException">No build of librdkafka can be loaded here.</exception>
    public static EmbeddedBroker Start()
    {
        Librdkafka.Register();
        var error = new byte[512];
        var configuration = NewConfiguration();
        // The client that carries the cluster connects to nothing; only its errors matter.
        SetConfiguration(configuration, "log_level", "3", error, (nuint)error.Length);
        var client = NewClient(ProducerType, configuration, error, (nuint)error.Length);
        if (client == 0)
            throw new InvalidOperationException($"The embedded broker did not start: {Encoding.UTF8.GetString(error).TrimEnd('\0')}");
        var cluster = NewCluster(client, 1);
        if (cluster == 0)
        {
            DestroyClient(client);
            throw new InvalidOperationException("The embedded broker did not start: no free port on 127.0.0.1, or no thread.");
        }
        // Groups wait 3 s for more members by default, and a demo has no more. 0 would mean forever.
        SetRebalanceDelay(cluster, 1);
        // Without a controller, which is the default, an AdminClient looks for one until it times out.
        SetController(cluster, 1);
        return new EmbeddedBroker(client, cluster);
    }

    /// <summary>Creates a topic.</summary>
    /// <param name="name">The topic's name.</param>
    /// <param name="partitions">How many partitions, at least 1; each keeps <see cref="BytesPerPartition"/>.</param>
    /// <exception cref="KafkaException">The topic is there already.</exception>
    public void CreateTopic(string name, int partitions)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        var code = (ErrorCode)NewTopic(_cluster, name, partitions, 1);
        if (code != ErrorCode.NoError)
            throw new KafkaException(new Error(code, $"Topic {name} was not created: {code}."));
    }

    /// <summary>Stops the broker; its connections are closed and its messages are gone.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return ValueTask.CompletedTask;
        return new ValueTask(Task.Run(() =>
        {
            DestroyCluster(_cluster);
            DestroyClient(_client);
        }));
    }

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint NewConfiguration();

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetConfiguration(nint configuration, string name, string value, [Out] byte[] error, nuint errorSize);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_new")]
    private static partial nint NewClient(int type, nint configuration, [Out] byte[] error, nuint errorSize);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_destroy")]
    private static partial void DestroyClient(nint client);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint ClusterBootstraps(nint cluster);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    private static partial void SetRebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_set_controller_id")]
    private static partial void SetController(nint cluster, int broker);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NewTopic(nint cluster, string name, int partitions, int replicas);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void DestroyCluster(nint cluster);
}
