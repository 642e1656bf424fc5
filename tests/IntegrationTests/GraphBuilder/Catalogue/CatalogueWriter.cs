using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Catalogue;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder.Catalogue;

/// <summary>The GraphBuilder's part, with a state of the test's own.</summary>
internal sealed class CatalogueWriter : IAsyncDisposable
{
    private readonly RedisLease _lease;
    private readonly CatalogueStore _store;
    private readonly CatalogueSync _sync;
    private bool _disposed;

    public CatalogueWriter(RedisServer server, string? prefix = null, GraphBuilderOptions? options = null)
    {
        State.Add(State.NewShard(0));
        Redis = server.Connect(prefix);
        _store = new(Redis);
        _lease = new(Redis, "graph-builder", TimeSpan.FromSeconds(30), [Redis.Keys.Catalogue], TimeProvider.System, NullLogger<RedisLease>.Instance);
        _sync = new(
            _store, new KnownItems(new GenerationReader(Redis), Redis), _lease, Redis, TimeProvider.System,
            Options.Create(options ?? new GraphBuilderOptions()), NullLogger<CatalogueSync>.Instance);
    }

    public RedisConnection Redis { get; }

    public GraphState State { get; } = new();

    public UserShard Shard => State.Shard(0);

    public async Task WriteAsync(bool isComplete = true)
    {
        Assert.True(await _lease.TryAcquireAsync(default));
        await _sync.RunAsync(State.PictureItems(1), isComplete, default);
    }

    public LiveItems Reader() => new(_store, TimeProvider.System, NullLogger<LiveItems>.Instance);

    public Task<CatalogueHead?> HeadAsync() => _store.ReadHeadAsync(default);

    public async Task<CatalogueItem?> EntryAsync(string id) =>
        (await _store.ReadAsync([id], default))[0].Entry is { } entry ? CatalogueCodec.ReadItem(entry) : null;

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _lease.DisposeAsync();
        Redis.Dispose();
    }
}
