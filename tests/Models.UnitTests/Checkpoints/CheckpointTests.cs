using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Trainer.UnitTests.Fixtures;
using Rearm.Streaming.Trainer.Worker;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.UnitTests.Checkpoints;

public sealed class CheckpointTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rearm-trainer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WarmStart_OtherOrderAndNewIds_RowsFollowTheirIds()
    {
        var before = PlantedShop.Snapshot(users: 60, items: 60);
        using var first = Start(before, 1);
        var checkpoint = CheckpointCodec.Read(CheckpointCodec.Write(ModelCheckpoint.Of(first.Model, before)));

        // The same people and things in another order, and some that are new.
        var after = PlantedShop.Snapshot(users: 70, items: 66, userId: u => u < 60 ? $"u{59 - u}" : $"new{u}", itemId: i => i < 60 ? $"i{(i + 7) % 60}" : $"new{i}");
        using var second = Start(after, 2);
        var untouched = Rows(second, "user_ids");
        var result = checkpoint.CopyTo(second.Model, after);

        Assert.Equal((60, 60), (result.Users, result.Items));
        Assert.Empty(result.Fresh);
        var (oldUsers, newUsers) = (Rows(first, "user_ids"), Rows(second, "user_ids"));
        var (oldItems, newItems) = (Rows(first, "item_ids"), Rows(second, "item_ids"));
        for (var u = 0; u < 60; u++)
            Assert.Equal(oldUsers[59 - u], newUsers[u]);
        for (var u = 60; u < 70; u++)
            Assert.Equal(untouched[u], newUsers[u]);
        for (var i = 0; i < 60; i++)
            Assert.Equal(oldItems[(i + 7) % 60], newItems[i]);
    }

    [Fact]
    public void WarmStart_OtherModality_StartsThatPartAfresh()
    {
        var before = PlantedShop.Snapshot(modalities: ["text"]);
        using var first = Start(before, 1);
        var after = PlantedShop.Snapshot(modalities: ["image", "text"]);
        using var second = Start(after, 2);
        var result = ModelCheckpoint.Of(first.Model, before).CopyTo(second.Model, after);
        Assert.Contains("projection:image.items.weight", result.Fresh);
        Assert.Contains("projection:text.items.weight", result.Fresh);
        Assert.DoesNotContain("user_ids", result.Fresh);
    }

    [Fact]
    public void Read_AnyByteChanged_IsRefused()
    {
        var snapshot = PlantedShop.Snapshot(users: 12, items: 12);
        using var run = Start(snapshot, 1);
        var file = CheckpointCodec.Write(ModelCheckpoint.Of(run.Model, snapshot));
        foreach (var position in Enumerable.Range(0, 50).Select(n => (int)((long)n * (file.Length - 1) / 49)))
        {
            file[position] ^= 1;
            Assert.Throws<ContractException>(() => CheckpointCodec.Read(file));
            file[position] ^= 1;
        }
        Assert.Throws<ContractException>(() => CheckpointCodec.Read(file[..^1]));
        Assert.Throws<ContractException>(() => CheckpointCodec.Read([]));
    }

    [Fact]
    public void Store_DamagedFile_IsIgnoredAndReplaced()
    {
        var store = new CheckpointStore(Options.Create(new TrainerOptions { CheckpointDirectory = _folder }), NullLogger<CheckpointStore>.Instance);
        Assert.Null(store.TryLoad());
        File.WriteAllText(Path.Combine(_folder, "model.ckpt"), "not a checkpoint");
        Assert.Null(store.TryLoad());
        store.Save(new(["u"], ["i"], [new("p", [2], [1f, 2f])]));
        var loaded = store.TryLoad()!;
        Assert.Equal([1f, 2f], loaded.Parameters.Single().Values);
        Assert.Equal(["model.ckpt"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }

    private static TrainingRun Start(GraphSnapshot snapshot, int seed) => new(snapshot, PlantedShop.Parameters, null, seed, CPU);

    private static float[][] Rows(TrainingRun run, string name)
    {
        using var scope = NewDisposeScope();
        return [.. run.Model.named_parameters().Single(p => p.name == name).parameter.detach().clone().data<float>().ToArray().Chunk(PlantedShop.Parameters.Dimension)];
    }
}
