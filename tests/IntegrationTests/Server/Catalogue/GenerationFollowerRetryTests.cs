using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.IntegrationTests.Storage;
using Rearm.Streaming.Server;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Catalogue;

/// <summary>The follower, polled once at a time, with a clock that the test sets.</summary>
public sealed class GenerationFollowerRetryTests : IClassFixture<RedisFixture>, IDisposable
{
    private readonly RedisServer _redis;
    private readonly Publisher _publisher;
    private readonly RedisConnection _connection;
    private readonly ErrorLog _log = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly GenerationFollower _follower;

    public GenerationFollowerRetryTests(RedisFixture fixture)
    {
        _redis = fixture.Server;
        _connection = _redis.Connect();
        _publisher = new(_redis, _connection.Keys);
        _follower = new(
            new GenerationReader(_connection), new LiveCatalogue(_connection), new HiddenItems(new(_connection)),
            new LiveItems(new CatalogueStore(_connection), _clock, NullLogger<LiveItems>.Instance), Options.Create(new ServerOptions()), _log, _clock);
    }

    [Fact]
    public async Task Generation_Refused_IsLoggedOnceAndRetriedAfterAMinute()
    {
        await _publisher.PublishAsync(1, TestModel.Compass());
        var key = _publisher.Keys.GenerationItems(1, 0);
        byte[] whole = (await _redis.Database.StringGetAsync(key))!;
        await _redis.Database.KeyDeleteAsync(key);
        for (var i = 0; i < 3; i++)
            await PollAsync();
        Assert.Contains("item chunk 0 of generation 1 is missing", Assert.Single(_log.Errors));
        Assert.Null(_follower.Current.Generation);

        // The chunk is back, but the manifest is the same as before: it is not read again until a minute has passed.
        await _redis.Database.StringSetAsync(key, whole);
        await PollAsync();
        Assert.Null(_follower.Current.Generation);
        _clock.Advance(TimeSpan.FromSeconds(61));
        await PollAsync();
        Assert.Equal(1, _follower.Current.Generation?.Manifest.Number);
        Assert.Equal("", _follower.Current.Problem);
    }

    [Fact]
    public async Task Poll_FailsAfterLoading_LoadsTheGenerationAgain()
    {
        await _publisher.PublishAsync(1, TestModel.Compass());
        await PollAsync();
        await _publisher.PublishAsync(2, TestModel.Compass());
        await _redis.Database.StringSetAsync(_publisher.Keys.HiddenItems, "not a set");
        await PollAsync();
        Assert.Equal(1, _follower.Current.Generation?.Manifest.Number);
        Assert.Contains("WRONGTYPE", _follower.Current.Problem);

        await _redis.Database.KeyDeleteAsync(_publisher.Keys.HiddenItems);
        await PollAsync();
        Assert.Equal(2, _follower.Current.Generation?.Manifest.Number);
        Assert.Equal("", _follower.Current.Problem);
    }

    [Fact]
    public async Task LiveItems_EntryThatCannotBeRead_IsNotLoadedAgainWithEveryPoll()
    {
        await _publisher.CatalogueAsync(("a", new()));
        await _redis.Database.HashSetAsync(_publisher.Keys.CatalogueItems, "b", "not an entry");
        var scans = 0;
        using var watched = WatchedDatabase.Connect(_redis, _connection.Keys.Prefix, command => scans += command == nameof(IDatabase.ExecuteAsync) ? 1 : 0);
        var items = new LiveItems(new CatalogueStore(watched), _clock, NullLogger<LiveItems>.Instance);
        await Assert.ThrowsAsync<ContractException>(() => items.FollowAsync(default));

        await items.FollowAsync(default);
        Assert.Equal(1, scans);

        // The GraphBuilder has found it.
        await _redis.Database.HashDeleteAsync(_publisher.Keys.CatalogueItems, "b");
        _clock.Advance(TimeSpan.FromSeconds(6));
        await items.FollowAsync(default);
        Assert.Equal((2, 1), (scans, items.Count));
    }

    [Fact]
    public async Task Poll_NothingNew_KeepsTheSameState()
    {
        await _publisher.PublishAsync(1, TestModel.Compass());
        await _publisher.HideAsync("a");
        await PollAsync();
        var before = _follower.Current;
        await PollAsync();
        Assert.Same(before, _follower.Current);
    }

    [Fact]
    public async Task Swap_PollsLater_WhatWasServedIsCollected()
    {
        var gone = await ServeAsync(1);
        await ServeAsync(2);

        // In the background, so not at once.
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        for (; gone.IsAlive; await Task.Delay(20, deadline.Token))
            await PollAsync();
    }

    public void Dispose()
    {
        _follower.Dispose();
        _connection.Dispose();
    }

    private async Task<WeakReference> ServeAsync(long number)
    {
        await _publisher.PublishAsync(number, TestModel.Compass());
        await PollAsync();
        // What has survived these is looked at again by a full collection alone.
        GC.Collect();
        GC.Collect();
        return new(_follower.Current.Generation);
    }

    private Task PollAsync() => _follower.FollowAsync(CancellationToken.None);

    private sealed class ErrorLog : ILogger<GenerationFollower>
    {
        public List<string> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
                Errors.Add(formatter(state, exception));
        }
    }
}
