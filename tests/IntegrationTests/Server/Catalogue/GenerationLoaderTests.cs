using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.IntegrationTests.Storage;
using Rearm.Streaming.Server;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Catalogue;

/// <summary>What goes on while a generation is being loaded: it gets no further than its items until the test lets it.</summary>
public sealed class GenerationLoaderTests : IClassFixture<RedisFixture>, IAsyncLifetime
{
    private readonly RedisServer _redis;
    private readonly Publisher _publisher;
    private readonly RedisConnection _connection;
    private readonly FakeTimeProvider _clock = new();
    private readonly GenerationFollower _follower;
    private volatile TaskCompletionSource _gate = new();
    private volatile Exception? _failure;
    private int _loads;

    public GenerationLoaderTests(RedisFixture fixture)
    {
        _redis = fixture.Server;
        _connection = WatchedDatabase.Connect(_redis, $"test-{Guid.NewGuid():n}", command =>
        {
            if (command != nameof(IDatabase.StringGetLeaseAsync))
                return;
            Interlocked.Increment(ref _loads);
            _gate.Task.Wait(Wait.Patience);
            if (_failure is { } failure)
                throw failure;
        });
        _gate.SetResult();
        _publisher = new(_redis, _connection.Keys);
        _follower = new(
            new GenerationReader(_connection), new LiveCatalogue(_connection), new HiddenItems(new(_connection)),
            new LiveItems(new CatalogueStore(_connection), _clock, NullLogger<LiveItems>.Instance), Options.Create(new ServerOptions()),
            NullLogger<GenerationFollower>.Instance, _clock);
    }

    [Fact]
    public async Task Poll_WhileAGenerationLoads_FollowsWhatActsAtOnce()
    {
        await BeginToLoadAsync(2);
        await _publisher.HideAsync("a");
        await _publisher.EraseAsync("east", DateTimeOffset.UtcNow);
        await _publisher.CatalogueAsync(("new", new() { NeighborIds = { "b" }, NeighborCosines = { 1 } }));
        await _publisher.TrendingAsync(("b", 3));

        await PollAsync();

        AssertState(1);
        _gate.SetResult();
        await _follower.FollowAsync(default);
        AssertState(2);

        void AssertState(long number)
        {
            var state = _follower.Current;
            Assert.Equal((number, ""), (state.Generation!.Manifest.Number, state.Problem));
            Assert.True(state.Generation.TryGetItem("a", out var row));
            Assert.False(ItemSet.Contains(state.Recommendable, row));
            Assert.True(state.IsErased("east"));
            Assert.True(state.Catalogue.New.TryGet("new", out _));
            Assert.Equal(["b"], state.Trending!.ItemIds);
        }
    }

    [Fact]
    public async Task Pointer_MovedBackWhileAGenerationLoads_DropsThat()
    {
        await BeginToLoadAsync(2);
        var served = _follower.Current;
        await _publisher.FlipAsync(1);
        await PollAsync();
        _gate.SetResult();
        await _follower.FollowAsync(default);
        Assert.Same(served, _follower.Current);

        await _publisher.FlipAsync(2);
        await _follower.FollowAsync(default);

        Assert.Equal((2, 3), (_follower.Current.Generation!.Manifest.Number, _loads));
    }

    [Fact]
    public async Task Pointer_MovedOnWhileAGenerationLoads_IsFollowedWithoutServingThat()
    {
        await BeginToLoadAsync(2);
        await _publisher.PublishAsync(3, TestModel.Compass());
        await PollAsync();
        Assert.Equal((1, 2), (_follower.Current.Generation!.Manifest.Number, _loads));
        var next = _follower.NextAsync(_follower.Current.Generation, default);

        _gate.SetResult();
        await _follower.FollowAsync(default);

        Assert.Equal(3, (await next.WaitAsync(Wait.Patience)).Manifest.Number);
    }

    // As when users are erased from it, a chunk at a time.
    [Fact]
    public async Task Manifest_ReplacedWhileItsGenerationLoads_IsServedAndThenLoadedAnew()
    {
        await BeginToLoadAsync(2);
        var replaced = await _publisher.WriteAsync(2, TestModel.Compass());
        _gate.SetResult();

        await _follower.FollowAsync(default);
        var first = _follower.Current.Generation!.Manifest;
        await _follower.FollowAsync(default);

        Assert.Equal(2, first.Number);
        Assert.NotEqual(replaced, first);
        Assert.Equal(replaced, _follower.Current.Generation.Manifest);
    }

    [Fact]
    public async Task Experiment_WhileItsTreatmentLoads_EverybodyHasWhatWasServed()
    {
        await _publisher.PublishAsync(1, TestModel.Compass());
        await _follower.FollowAsync(default);
        await _publisher.WriteAsync(2, TestModel.Compass());
        var experiment = new Experiment
        {
            Version = 1,
            Id = "x",
            Share = 0.5,
            Control = new() { Name = "old", Generation = 1 },
            Treatment = new() { Name = "new", Generation = 2 },
        };
        await _redis.Database.StringSetAsync(_publisher.Keys.Experiment, experiment.ToByteArray());
        _gate = new();

        await PollAsync();
        Assert.Equal((1, "", ""), (_follower.Current.Generation!.Manifest.Number, _follower.Current.Arm, _follower.Current.Problem));
        Assert.Null(_follower.Current.Split);

        _gate.SetResult();
        await _follower.FollowAsync(default);
        Assert.Equal(("old", 2), (_follower.Current.Arm, _follower.Current.Split!.Treatment.Generation!.Manifest.Number));

        // As an erasure does, and then Redis fails: what is there of the arm goes on.
        await _publisher.WriteAsync(2, TestModel.Compass() with { Metrics = new Dictionary<string, double> { ["epochs"] = 2 } });
        _failure = new TimeoutException();
        await _follower.FollowAsync(default);
        Assert.Equal(("old", 2), (_follower.Current.Arm, _follower.Current.Split!.Treatment.Generation!.Manifest.Number));
        Assert.Contains("Generation 2 can't be read", _follower.Current.Problem);
        _failure = null;
        _clock.Advance(TimeSpan.FromSeconds(6));
        await _follower.FollowAsync(default);
        Assert.Equal(("", 2), (_follower.Current.Problem, _follower.Current.Split!.Treatment.Generation!.Manifest.Metrics["epochs"]));
    }

    [Fact]
    public async Task Generation_RefusedAndTriedAgain_KeepsItsProblemMeanwhile()
    {
        await _publisher.PublishAsync(1, TestModel.Compass());
        await _follower.FollowAsync(default);
        await _publisher.PublishAsync(2, TestModel.Compass());
        await _redis.Database.KeyDeleteAsync(_publisher.Keys.GenerationItems(2, 0));
        await _follower.FollowAsync(default);
        var refused = _follower.Current;
        Assert.Contains("item chunk 0 of generation 2 is missing", refused.Problem);

        _clock.Advance(TimeSpan.FromSeconds(61));
        _gate = new();
        await PollAsync();

        Assert.Same(refused, _follower.Current);
    }

    [Fact]
    public async Task Generation_RedisFailsWhileItLoads_SaysSoAndIsTriedAgainWhileTheRestIsFollowed()
    {
        await BeginToLoadAsync(2);
        _failure = new TimeoutException();
        _gate.SetResult();
        await _follower.FollowAsync(default);
        Assert.Equal("Generation 2 can't be read, and is tried again: Redis does not answer.", _follower.Current.Problem);

        _failure = null;
        await _publisher.EraseAsync("east", DateTimeOffset.UtcNow);
        await _follower.FollowAsync(default);
        Assert.Equal((1, true), (_follower.Current.Generation!.Manifest.Number, _follower.Current.IsErased("east")));
        Assert.Contains("can't be read", _follower.Current.Problem);
        _clock.Advance(TimeSpan.FromSeconds(6));
        await _follower.FollowAsync(default);
        Assert.Equal((2, ""), (_follower.Current.Generation.Manifest.Number, _follower.Current.Problem));
    }

    [Fact]
    public async Task Service_GenerationLoaded_ServesItWithoutWaitingForTheNextPoll()
    {
        await BeginToLoadAsync(2);
        var next = _follower.NextAsync(_follower.Current.Generation, default);
        await _follower.StartAsync(default);

        // The clock stands still.
        _gate.SetResult();

        Assert.Equal(2, (await next.WaitAsync(Wait.Patience)).Manifest.Number);
    }

    [Fact]
    public async Task Stop_WhileAGenerationLoads_WaitsForTheEndOfThat()
    {
        await BeginToLoadAsync(2);
        await _publisher.EraseAsync("east", DateTimeOffset.UtcNow);
        await _follower.StartAsync(default);
        await Wait.UntilAsync("it polls", () => Task.FromResult(_follower.Current.IsErased("east")));

        var stop = _follower.StopAsync(default);

        Assert.False(stop.IsCompleted);
        _gate.SetResult();
        await stop.WaitAsync(Wait.Patience);
        Assert.Equal(1, _follower.Current.Generation!.Manifest.Number);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _gate.TrySetResult();
        await _follower.StopAsync(default);
        _follower.Dispose();
        _connection.Dispose();
    }

    // Serves generation 1, and has begun to load another one on return.
    private async Task BeginToLoadAsync(long number)
    {
        await _publisher.PublishAsync(1, TestModel.Compass());
        await _follower.FollowAsync(default);
        await _publisher.PublishAsync(number, TestModel.Compass());
        _gate = new();
        await PollAsync();
        await Wait.UntilAsync("it is being loaded", () => Task.FromResult(Volatile.Read(ref _loads) == 2));
        Assert.Equal(1, _follower.Current.Generation!.Manifest.Number);
    }

    private Task PollAsync() => _follower.FollowAsync(default, waits: false);
}
