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
        var store = new CheckpointStore(Options.Create(new TrainerOptions { CheckpointDirectory = _folder.Path }), NullLogger<CheckpointStore>.Instance);
        Assert.Null(store.TryLoad());
        _folder.Write("model.ckpt", "not a checkpoint");
        Assert.Null(store.TryLoad());

        store.Save(new(["u"], ["i"], [new("p", [2], [1f, 2f])]));

        Assert.Equal([1f, 2f], store.TryLoad()!.Parameters.Single().Values);
        Assert.Equal(["model.ckpt"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Save_FolderThatCantBeMade_IsNoFailure()
    {
        var store = new CheckpointStore(Options.Create(new TrainerOptions { CheckpointDirectory = _folder.Write("file", "in the way") }), NullLogger<CheckpointStore>.Instance);

        store.Save(new(["u"], ["i"], []));

        Assert.Null(store.TryLoad());
    }
}
