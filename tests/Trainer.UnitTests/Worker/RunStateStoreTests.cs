using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Shops;
using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.Trainer.UnitTests.Worker;

public sealed class RunStateStoreTests : IDisposable
{
    private static readonly GraphSnapshot Snapshot = PlantedShop.Snapshot();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_SameRunInAnotherProcess_IsTheLastStateSaved()
    {
        var states = Store().Of("run", Snapshot);
        Assert.Null(states.Load("rearm"));
        for (var epoch = 1; epoch <= 3; epoch++)
            states.Save("rearm", State(epoch));
        states.Save("bpr", State(9));

        Assert.Equal(3, Store().Of("run", Snapshot).Load("rearm")!.Epoch);
        // However many epochs, one file for each model.
        Assert.Equal(["run.bpr.ckpt", "run.rearm.ckpt"], Files());
    }

    [Fact]
    public void Load_AnotherRunsState_IsNullAndRemoved()
    {
        Store().Of("run", Snapshot).Save("rearm", State(1));

        Assert.Null(Store().Of("another", Snapshot).Load("rearm"));

        Assert.Empty(Files());
    }

    [Fact]
    public void Load_SameContentInAnotherOrderOfUsers_IsNull()
    {
        Store().Of("run", Snapshot).Save("rearm", State(1));

        Assert.Null(Store().Of("run", Snapshot with { UserIds = [.. Snapshot.UserIds.Reverse()] }).Load("rearm"));
    }

    [Fact]
    public void Load_DamagedFile_IsNullAndRemoved()
    {
        Store().Of("run", Snapshot).Save("rearm", State(1));
        var bytes = File.ReadAllBytes(_folder.File("run.rearm.ckpt"));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(_folder.File("run.rearm.ckpt"), bytes);

        Assert.Null(Store().Of("run", Snapshot).Load("rearm"));

        Assert.Empty(Files());
    }

    [Fact]
    public void Clear_StatesAndWhatAKilledWriteLeft_AreGone()
    {
        Store().Of("run", Snapshot).Save("rearm", State(1));
        _folder.Write("run.bpr.ckpt.partial", "half");
        _folder.Write("model.ckpt", "another file");

        Store().Clear();

        Assert.Equal(["model.ckpt"], Files());
    }

    [Fact]
    public void Forget_ErasedUser_RemovesStatesThatKnowTheUser()
    {
        Store().Of("run", Snapshot).Save("rearm", State(1));

        Assert.Equal(0, Store().Forget(_ => false));
        Assert.Equal(1, Store().Forget(id => id == Snapshot.UserIds[3]));

        Assert.Empty(Files());
    }

    [Fact]
    public void Save_FolderThatCantBeMade_IsNoFailure()
    {
        var states = Store(_folder.Write("file", "in the way")).Of("run", Snapshot);

        states.Save("rearm", State(1));

        Assert.Null(states.Load("rearm"));
    }

    private string[] Files() => [.. Directory.GetFiles(_folder.Path, "*.ckpt*").Select(file => Path.GetFileName(file)!).Order()];

    private RunStateStore Store(string? directory = null) =>
        new(new CheckpointFolder(Options.Create(new TrainerOptions { CheckpointDirectory = directory ?? _folder.Path })), NullLogger<RunStateStore>.Instance);

    private static TrainingState State(int epoch)
    {
        var checkpoint = new ModelCheckpoint(Snapshot.UserIds, Snapshot.ItemIds, [new("p", [2], [1f, 2f])]);
        return new(epoch, epoch, 0.5, null, checkpoint, checkpoint);
    }
}
