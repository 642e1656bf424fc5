using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.IntegrationTests.Pipeline;

/// <summary>The four services as four processes around a broker and a Redis, with their state in a folder of their own.</summary>
internal sealed class PipelineProcesses : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private PipelineProcesses(string kafka, string redis, string model, string parameters)
    {
        KeyPrefix = $"pipeline-{Guid.NewGuid():N}";
        var common = new Dictionary<string, string?>
        {
            ["Kafka__BootstrapServers"] = kafka,
            ["Kafka__TopicPrefix"] = $"pipeline-{Guid.NewGuid():N}",
            ["Redis__Configuration"] = redis,
            ["Redis__KeyPrefix"] = KeyPrefix,
        };
        Ingestor = new("Ingestor", common);
        GraphBuilder = new("GraphBuilder", new Dictionary<string, string?>(common)
        {
            ["GraphBuilder__CheckpointDirectory"] = _folder.File("graph-builder"),
            ["GraphBuilder__InstanceId"] = "the-only-one",
            // Often, so that kills fall between checkpoints and after them.
            ["GraphBuilder__CheckpointInterval"] = "00:00:00.200",
            ["GraphBuilder__SnapshotInterval"] = "00:00:00",
            ["GraphBuilder__SnapshotEveryInteractions"] = "0",
        });
        Trainer = new("Trainer", new Dictionary<string, string?>(common)
        {
            ["Trainer__CheckpointDirectory"] = _folder.File("trainer"),
            // One that was killed holds its lease for so long; one that stands still for as long loses it, and its run.
            ["Trainer__LeaseDuration"] = "00:00:20",
            ["Trainer__Model"] = model,
            ["Trainer__Parameters"] = parameters,
            ["Trainer__Interval"] = "00:00:00",
            ["Trainer__MinNewInteractions"] = "0",
            ["Trainer__MaxEpochs"] = "8",
            ["Trainer__LearningRate"] = "0.005",
            ["Trainer__Device"] = "cpu",
            // Threads that spin for work only get in the way of the other processes.
            ["Trainer__Threads"] = "1",
        });
        Server = new("Server", new Dictionary<string, string?>(common) { ["Server__HistoryTimeout"] = "00:01:00" });
    }

    /// <summary>What the services' keys in Redis begin with.</summary>
    public string KeyPrefix { get; }

    /// <summary>The parameters that the last training ended with.</summary>
    public string Checkpoint => Path.Combine(_folder.File("trainer"), "model.ckpt");

    public ServiceProcess Ingestor { get; }

    public ServiceProcess GraphBuilder { get; }

    public ServiceProcess Trainer { get; }

    public ServiceProcess Server { get; }

    public static async Task<PipelineProcesses> StartAsync(string kafka, string redis, string model = "rearm", string parameters = "")
    {
        var pipeline = new PipelineProcesses(kafka, redis, model, parameters);
        try
        {
            foreach (var service in pipeline.All)
                await service.StartAsync();
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    public IEnumerable<ServiceProcess> All => [Ingestor, GraphBuilder, Trainer, Server];

    /// <summary>Waits until the GraphBuilder has read everything, then has it publish.</summary>
    public async Task<SnapshotInfo> PublishSnapshotAsync()
    {
        var client = new GraphBuilding.GraphBuildingClient(GraphBuilder.Channel);
        await Wait.UntilAsync("the GraphBuilder has read everything", async () => await client.GetStatusAsync(new()), s => s.Lag == 0, GraphBuilder.Process);
        return await Wait.UntilAsync("a snapshot is published", async () => await client.PublishSnapshotAsync(new()), _ => true, GraphBuilder.Process);
    }

    /// <summary>Has the Trainer train, and waits until the Server serves the new generation.</summary>
    public async Task<GetStatusResponse> TrainAsync()
    {
        var trainer = new Training.TrainingClient(Trainer.Channel);
        await Wait.UntilAsync("the Trainer is at work", async () => await trainer.GetStatusAsync(new()), s => s.State != TrainingStatus.Types.State.Standby, Trainer.Process);
        await trainer.TrainAsync(new());
        var status = await Wait.UntilAsync("a training run ends", async () => await trainer.GetStatusAsync(new()), s => s.Runs > 0, Trainer.Process);
        Assert.True(status.Generation > 0, $"Training published nothing: {status.Message}");
        var server = new Recommender.RecommenderClient(Server.Channel);
        return await Wait.UntilAsync("the Server serves the new generation", async () => await server.GetStatusAsync(new()), s => s.Generation?.Number == status.Generation, Server.Process);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in All)
            await service.DisposeAsync();
        _folder.Dispose();
    }
}
