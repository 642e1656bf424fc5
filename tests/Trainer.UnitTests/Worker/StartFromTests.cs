using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;
using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.Trainer.UnitTests.Worker;

/// <summary>A model trained in one shop, and carried to another.</summary>
public sealed class StartFromTests : IDisposable
{
    private const string Shared = "projection:image.items.weight";

    private readonly TemporaryFolder _first = new();
    private readonly TemporaryFolder _second = new();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Run_StartFromAnotherShop_TakesItemsByIdAndTheRestByName()
    {
        var exported = await ExportAsync();
        // Half of its items have other ids, and all of its users.
        var shop = PlantedShop.Snapshot(users: 60, items: 60, userId: u => $"v{u}", itemId: i => i < 30 ? $"i{i}" : $"renamed{i}");

        var generation = await RunAsync(shop, Options(_second, epochs: 1, startFrom: exported.Path));

        var kept = Kept(_second);
        AssertSame(Values(exported.Checkpoint, Shared), Values(kept, Shared));
        AssertSame(Row(exported.Checkpoint, "i7"), Row(kept, "i7"));
        Assert.All(kept.ItemIds.Where(id => id.StartsWith("renamed", StringComparison.Ordinal)), id =>
            Assert.DoesNotContain(exported.Checkpoint.ItemIds, other => Difference(Row(exported.Checkpoint, other), Row(kept, id)) < 1e-4));
        Assert.Equal(exported.Checksum, kept.Description!.StartedFrom);
        Assert.Equal(generation.Settings["run"], kept.Description.Run);
    }

    [Fact]
    public async Task Run_ParametersOfItsOwnFromThatFile_GoesOnFromThose()
    {
        var exported = await ExportAsync();
        await RunAsync(PlantedShop.Snapshot(users: 60, items: 60), Options(_second, epochs: 1, startFrom: exported.Path));
        var own = Kept(_second);
        var marked = own with { Parameters = [.. own.Parameters.Select(p => p with { Values = [.. p.Values.Select(_ => 0.25f)] })], Moments = [] };
        ModelFile.Write(_second.File("model.ckpt"), marked);

        await RunAsync(PlantedShop.Snapshot(users: 60, items: 60, seed: 2), Options(_second, epochs: 1, startFrom: exported.Path));
        var continued = Values(Kept(_second), Shared);
        // Another file begins anew.
        ModelFile.Write(exported.Path, exported.Checkpoint with { Description = exported.Description with { Run = "another" } });
        await RunAsync(PlantedShop.Snapshot(users: 60, items: 60, seed: 3), Options(_second, epochs: 1, startFrom: exported.Path));

        Assert.All(continued, value => Assert.Equal(0.25, value, 1e-4));
        AssertSame(Values(exported.Checkpoint, Shared), Values(Kept(_second), Shared));
    }

    [Fact]
    public async Task Run_FileOfAnotherShape_IsRefusedByNameAndValueAndNothingIsLost()
    {
        var exported = await ExportAsync();
        var shop = PlantedShop.Snapshot(users: 60, items: 60);
        await RunAsync(shop, Options(_second, epochs: 1, dimension: 16));
        var before = await File.ReadAllBytesAsync(_second.File("model.ckpt"));

        var e = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(
            PlantedShop.Snapshot(users: 60, items: 60, seed: 2), Options(_second, epochs: 1, startFrom: exported.Path, dimension: 16)));

        Assert.Contains("item_ids (.. x 8 there, .. x 16 here)", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_second.File("model.ckpt")));
    }

    private async Task<ModelFile> ExportAsync()
    {
        await RunAsync(PlantedShop.Snapshot(users: 60, items: 60), Options(_first, epochs: 2, learningRate: 0.01));
        var file = _first.File("exported.ckpt");
        ModelFile.Write(file, ModelFile.Portable(Kept(_first)));
        return ModelFile.Read(file);
    }

    // With so small a step the parameters stay what they were at the start.
    private static TrainerOptions Options(TemporaryFolder folder, int epochs, string startFrom = "", int dimension = 8, double learningRate = 1e-8) => new()
    {
        CheckpointDirectory = folder.Path,
        Parameters = $"dimension={dimension},user_neighbors=8,item_neighbors=5,batch_size=256,weight_decay=0",
        MaxEpochs = epochs,
        LearningRate = learningRate,
        Device = TrainingDevice.Cpu,
        Threads = 1,
        StartFrom = startFrom,
    };

    private static async Task<ModelGeneration> RunAsync(GraphSnapshot snapshot, TrainerOptions options)
    {
        var configured = Microsoft.Extensions.Options.Options.Create(options);
        var folder = new CheckpointFolder(configured);
        var training = new GenerationTraining(
            configured, new(folder, NullLogger<CheckpointStore>.Instance), new(folder, NullLogger<RunStateStore>.Instance),
            new(null!, null!, configured), NullLogger<GenerationTraining>.Instance);
        var data = await training.PrepareAsync(snapshot, default);
        // The first generation: nothing to compare it with, and so nothing to read.
        var trained = await training.RunAsync(data, new(data.HeldOut, [], null, new()), new Progress<TrainingProgress>(), default);
        training.Finish();
        return trained.Generation;
    }

    private static ModelCheckpoint Kept(TemporaryFolder folder) => ModelFile.Read(folder.File("model.ckpt")).Checkpoint;

    private static float[] Values(ModelCheckpoint checkpoint, string name) => checkpoint.Parameters.Single(p => p.Name == name).Values;

    private static float[] Row(ModelCheckpoint checkpoint, string item) => Values(checkpoint, "item_ids")[(Array.IndexOf(checkpoint.ItemIds, item) * 8)..][..8];

    private static double Difference(float[] one, float[] other) => one.Zip(other, (a, b) => Math.Abs(a - b)).Max();

    private static void AssertSame(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.True(Difference(expected, actual) < 1e-4, $"They differ by {Difference(expected, actual)}.");
    }
}
