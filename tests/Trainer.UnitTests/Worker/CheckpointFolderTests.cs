using Microsoft.Extensions.Options;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.Trainer.UnitTests.Worker;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_WhileAnotherProcessHoldsTheFolder_Waits()
    {
        // Two of them know of each other as two processes do: by the folder alone.
        var (one, other) = (Folder(), Folder());
        Task writing;
        using (one.Hold())
        {
            one.Write(one.PathOf("a.ckpt"), file => file.WriteByte(1));
            writing = Task.Run(() => other.Write(other.PathOf("a.ckpt"), file => file.WriteByte(2)));
            Assert.Equal(1, File.ReadAllBytes(one.PathOf("a.ckpt")).Single());
        }
        await writing.WaitAsync(Wait.Patience);

        Assert.Equal(2, File.ReadAllBytes(one.PathOf("a.ckpt")).Single());
    }

    [Fact]
    public void Hold_WithinItself_IsHeldUntilTheOuterOneEnds()
    {
        var folder = Folder();
        using (folder.Hold())
        {
            using (folder.Hold())
            {
            }
            Assert.Throws<IOException>(OpenLockFile);
        }
        OpenLockFile();

        void OpenLockFile() => new FileStream(folder.PathOf("lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None).Dispose();
    }

    [Fact]
    public async Task Hold_LockFileThatCantBeOpened_IsNotWaitedFor()
    {
        var folder = Folder();
        File.CreateSymbolicLink(folder.PathOf("lock"), folder.PathOf("lock"));

        // Half as long as another process would be waited for.
        await Task.Run(() => Assert.Throws<IOException>(folder.Hold)).WaitAsync(TimeSpan.FromSeconds(30));
    }

    private CheckpointFolder Folder() => new(Options.Create(new TrainerOptions { CheckpointDirectory = _folder.Path }));
}
