using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Trainer;
using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.IntegrationTests.Trainer;

public sealed class CheckpointErasureTests : IClassFixture<RedisFixture>, IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _files = new();
    private readonly KeptLog _log = new();
    private readonly RedisConnection _redis;
    private readonly CheckpointStore _checkpoints;
    private readonly CheckpointErasure _erasure;

    public CheckpointErasureTests(RedisFixture fixture)
    {
        _redis = fixture.Server.Connect();
        var folder = new CheckpointFolder(Options.Create(new TrainerOptions { CheckpointDirectory = _files.Path }));
        _checkpoints = new(folder, NullLogger<CheckpointStore>.Instance);
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        _erasure = new(
            new LiveCatalogue(_redis), _checkpoints, new(folder, NullLogger<RunStateStore>.Instance), TimeProvider.System, loggers.CreateLogger<CheckpointErasure>());
        _checkpoints.Save(new(["ann", "bob", "cleo"], ["i"], []));
    }

    public void Dispose()
    {
        _erasure.Dispose();
        _redis.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task Sweep_ErasureByAGraphBuilderWhoseClockIsBehind_IsSweptAsWell()
    {
        await EraseAsync("ann", Start.AddSeconds(9));
        await _erasure.SweepAsync(default);
        Assert.Equal(["bob", "cleo"], Known());

        await EraseAsync("bob", Start.AddSeconds(4));
        await _erasure.SweepAsync(default);

        Assert.Equal(["cleo"], Known());
    }

    [Fact]
    public async Task Execute_FolderThatCantBeWritten_SaysSoAndGoesOn()
    {
        File.Delete(_files.File("lock"));
        Directory.CreateDirectory(_files.File("lock"));
        await EraseAsync("ann", Start);

        await _erasure.StartAsync(default);

        await Wait.UntilAsync("it has said so", () => Task.FromResult(_log.Entries.Any(e => e.Contains("Could not take erased users out"))));
        Assert.False(_erasure.ExecuteTask!.IsCompleted);
        await _erasure.StopAsync(default);
    }

    private IEnumerable<string> Known() => _checkpoints.TryLoad()!.UserIds.Where(id => id[0] != '\0');

    private Task EraseAsync(string user, DateTimeOffset time) =>
        _redis.Database.SortedSetAddAsync(_redis.Keys.ErasedUsers, RedisKeys.UserHash(StableHash.Of(user)), time.ToUnixTimeMilliseconds());
}
