using Rearm.Streaming.Cli.Progress;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Progress;

public sealed class DatasetReadingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_InterruptedWhileTheFileIsRead_EndsAtOnce()
    {
        var path = _folder.Write("log.csv", "user_id,item_id\nada,tent\n");
        using var cancellation = new CancellationTokenSource();
        using var goOn = new ManualResetEventSlim();
        // A file that takes long.
        ProgressOf progress = (_, unit, _) =>
        {
            if (unit == "bytes")
            {
                cancellation.Cancel();
                goOn.Wait();
            }
            return new Progress<long>();
        };

        try
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DatasetReading.ReadAsync(path, null, progress, cancellation: cancellation.Token));
        }
        finally
        {
            goOn.Set();
        }
    }
}
