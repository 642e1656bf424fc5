using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.Trainer.UnitTests.Worker;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryLoad_DamagedFile_IsNullUntilTheNextSave()
    {
        var store = Store(_folder.Path);
        Assert.Null(store.TryLoad());
        _folder.Write("model.ckpt", "not a checkpoint");
        Assert.Null(store.TryLoad());

        store.Save(new(["u"], ["i"], [new("p", [2], [1f, 2f])]));

        Assert.Equal([1f, 2f], store.TryLoad()!.Parameters.Single().Values);
        Assert.Equal(["lock", "model.ckpt"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Save_FolderThatCantBeMade_IsNoFailure()
    {
        var store = Store(_folder.Write("file", "in the way"));

        store.Save(new(["u"], ["i"], []));

        Assert.Null(store.TryLoad());
    }

    [Fact]
    public void Forget_SomeUsers_TakesTheirIdsOutAndNothingElse()
    {
        var store = Store(_folder.Path);
        Assert.Equal(0, store.Forget(_ => true));
        store.Save(new(["ann", "bob", "cleo"], ["i"], [new("p", [3], [1f, 2f, 3f])]));

        Assert.Equal(2, store.Forget(id => id != "bob"));

        var left = store.TryLoad()!;
        Assert.Equal([1f, 2f, 3f], left.Parameters.Single().Values);
        Assert.Equal("bob", left.UserIds[1]);
        Assert.Equal(3, left.UserIds.Distinct().Count());
        Assert.DoesNotContain(left.UserIds, id => id is "ann" or "cleo");
        Assert.Equal(0, store.Forget(id => id != "bob" && id[0] != '\0'));
    }

    [Fact]
    public void Forget_FileCantBeReplaced_IsNotTakenForDone()
    {
        var store = Store(_folder.Path);
        store.Save(new(["ann"], ["i"], []));
        Directory.CreateDirectory(_folder.File("model.ckpt.partial"));

        Assert.ThrowsAny<SystemException>(() => store.Forget(_ => true));

        Assert.Equal(["ann"], store.TryLoad()!.UserIds);
    }

    [Fact]
    public void Discard_AfterASave_LeavesNothing()
    {
        var store = Store(_folder.Path);
        store.Discard();
        store.Save(new(["u"], ["i"], []));

        store.Discard();

        Assert.Null(store.TryLoad());
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.ckpt*"));
    }

    private static CheckpointStore Store(string directory) =>
        new(new CheckpointFolder(Options.Create(new TrainerOptions { CheckpointDirectory = directory })), NullLogger<CheckpointStore>.Instance);
}
