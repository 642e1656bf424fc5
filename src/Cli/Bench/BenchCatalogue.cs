using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.GraphBuilder.Publishing;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// The live catalogue of a made-up shop, in Redis, beside a generation that <see cref="RandomGeneration"/> gave: all of its items described, some of them
/// sold out, and new ones with neighbours among them; and changes of all these. What is sold out is written by the GraphBuilder's own writer; entries
/// are made up here, because to look for neighbours is no part of what is measured.
/// </summary>
internal sealed class BenchCatalogue : IAsyncDisposable
{
    private const int Neighbors = 20;

    private readonly CatalogueStore _store;
    private readonly RedisLease _lease;
    private readonly LiveStateWriter _hiding;
    private readonly GraphState _state = new();
    private readonly Dictionary<string, ulong> _entries = new(StringComparer.Ordinal);
    private readonly Random _random = new(7);
    private readonly int _items;
    private readonly int _hidden;
    private readonly int _newItems;
    private CatalogueHead _head = new();
    private int _described;

    private BenchCatalogue(RedisConnection redis, int items, int hidden, int newItems)
    {
        (_items, _hidden, _newItems) = (items, hidden, newItems);
        _store = new(redis);
        _lease = new(redis, "bench", TimeSpan.FromHours(1), [redis.Keys.Catalogue], TimeProvider.System, NullLogger<RedisLease>.Instance);
        _hiding = new(redis, TimeProvider.System, Options.Create(new GraphBuilderOptions()));
    }

    /// <summary>The kinds of changes.</summary>
    public enum Change
    {
        /// <summary>An item of the generation gets another category.</summary>
        Category,

        /// <summary>An item of the generation is sold out, or there again.</summary>
        Availability,

        /// <summary>A new item gets other neighbours.</summary>
        NewItem,
    }

    /// <summary>Writes it whole.</summary>
    /// <param name="redis">Where to.</param>
    /// <param name="items">Items of the generation.</param>
    /// <param name="hidden">How many of them are sold out; at most half.</param>
    /// <param name="newItems">Items that it does not know.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static async Task<BenchCatalogue> CreateAsync(RedisConnection redis, int items, int hidden, int newItems, CancellationToken cancellationToken)
    {
        var catalogue = new BenchCatalogue(redis, items, hidden, newItems);
        await catalogue._lease.TryAcquireAsync(cancellationToken);
        // Beside those that are sold out as many others that may be.
        for (var n = 0; n < 2 * hidden; n++)
            catalogue.Put(n, available: n >= hidden);
        await catalogue._hiding.WriteAllItemsAsync(catalogue._state, cancellationToken);
        catalogue._state.ChangedItems.Clear();
        await catalogue.WriteAsync(
            Enumerable.Range(0, items).Select(i => ($"i{i}", catalogue.Known())).Concat(Enumerable.Range(0, newItems).Select(n => ($"n{n}", catalogue.New()))),
            cancellationToken);
        return catalogue;
    }

    /// <summary>Changes items drawn by lot.</summary>
    /// <param name="count">How many.</param>
    /// <param name="kind">What changes; null: of ten changes five are of categories, three of availability and two of new items.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task ChangeAsync(int count, Change? kind, CancellationToken cancellationToken)
    {
        var entries = new Dictionary<string, CatalogueItem>(StringComparer.Ordinal);
        for (var n = 0; n < count; n++)
            switch (kind ?? (_random.Next(10) switch { < 5 => Change.Category, < 8 => Change.Availability, _ => Change.NewItem }))
            {
                case Change.Category:
                    entries[$"i{_random.Next(_items)}"] = Known();
                    break;
                case Change.Availability when _hidden > 0:
                    var item = _random.Next(2 * _hidden);
                    Put(item, available: _state.Item(item).Hidden);
                    break;
                case Change.NewItem when _newItems > 0:
                    entries[$"n{_random.Next(_newItems)}"] = New();
                    break;
            }
        await _hiding.WriteAsync(_state, withItems: true, cancellationToken);
        await WriteAsync(entries.Select(e => (e.Key, e.Value)), cancellationToken);
    }

    public async ValueTask DisposeAsync() => await _lease.DisposeAsync();

    // Spread over the generation.
    private void Put(int number, bool available) =>
        _state.PutItem($"i{(long)number * _items / (2 * _hidden)}", new() { Time = 1, Available = available });

    // Another category than before, each time.
    private CatalogueItem Known() => new() { Categories = { $"c{++_described % RandomGeneration.Categories}" } };

    private CatalogueItem New()
    {
        var item = Known();
        for (var n = 0; n < Neighbors; n++)
        {
            item.NeighborIds.Add($"i{_random.Next(_items)}");
            item.NeighborCosines.Add(0.5f + _random.NextSingle() / 2);
        }
        return item;
    }

    private async Task WriteAsync(IEnumerable<(string Id, CatalogueItem Item)> items, CancellationToken cancellationToken)
    {
        foreach (var window in items.Chunk(CatalogueStore.ChangesTogether))
        {
            var changes = window.Select(i => new CatalogueChange(i.Id, i.Item.ToByteArray())).ToArray();
            var checksum = _head.Checksum;
            foreach (var change in changes)
            {
                var hash = CatalogueChecksum.Of(change.ItemId, change.Entry);
                checksum = unchecked(checksum + hash - _entries.GetValueOrDefault(change.ItemId));
                _entries[change.ItemId] = hash;
            }
            _head = new()
            {
                Version = CatalogueCodec.Version,
                Sequence = Math.Max(_head.Sequence + 1, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()),
                Items = _entries.Count,
                Checksum = checksum,
            };
            await _store.WriteAsync(changes, _head, _lease.Token, cancellationToken);
        }
    }
}
