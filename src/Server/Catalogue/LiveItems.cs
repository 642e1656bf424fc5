using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Live;
using StackExchange.Redis;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// A copy of the live catalogue, kept in step with Redis: loaded whole once, then change by change. Count and checksum tell whether a change was missed;
/// then it is loaded whole again. For one thread.
/// </summary>
internal sealed partial class LiveItems(CatalogueStore store, TimeProvider time, ILogger<LiveItems> logger)
{
    // Following more changes than this costs more than loading all.
    private const int ChangesWorthFollowing = 50_000;
    private const int Attempts = 3;

    // What does not add up now will hardly do so in a second: the GraphBuilder has to repair it first.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // What views are made anew of, of those that have changed: beyond that all of it takes no longer.
    private const int ChangesKept = 10_000;

    private readonly ChangeLog<IReadOnlyList<string>?> _log = new(ChangesKept);
    private readonly Dictionary<string, (CatalogueItem Item, ulong Hash)> _items = new(StringComparer.Ordinal);
    private ulong _checksum;
    private CatalogueHead? _head;
    private long? _failedAt;

    /// <summary>Grows whenever an item has changed; not with its attributes, which are not kept here.</summary>
    public long Version => _log.Version;

    /// <summary>How many items there are.</summary>
    public int Count => _items.Count;

    /// <summary>All items, in no order.</summary>
    public IEnumerable<KeyValuePair<string, CatalogueItem>> All => _items.Select(i => KeyValuePair.Create(i.Key, i.Value.Item));

    /// <summary>An item; null if the catalogue has none of that name.</summary>
    public CatalogueItem? Find(string id) => _items.GetValueOrDefault(id).Item;

    /// <summary>
    /// The items that have changed after a version, with the categories that they had then (null: they were not there); null if that is not known any more.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>?>? ChangedSince(long version) => _log.Since(version);

    /// <summary>Catches up with Redis; what is there already stays while Redis holds nothing, or nothing that adds up.</summary>
    /// <exception cref="ContractException">Of another release.</exception>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (_failedAt is { } failed && time.GetElapsedTime(failed) < Pause)
            return;
        _failedAt = null;
        var head = await store.ReadHeadAsync(cancellationToken);
        if (head is null || head.Equals(_head))
            return;
        try
        {
            if (await CatchUpAsync(head, cancellationToken))
                return;
        }
        catch (ContractException)
        {
            (_head, _failedAt) = (null, time.GetTimestamp());
            throw;
        }
        (_head, _failedAt) = (null, time.GetTimestamp());
    }

    /// <returns>Whether what is here adds up to what the head says.</returns>
    private async Task<bool> CatchUpAsync(CatalogueHead head, CancellationToken cancellationToken)
    {
        // Up to which change everything is here; null: not known. One that was lost and written again may have any number.
        var known = _head?.Sequence < head.Sequence ? _head.Sequence : (long?)null;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (known is not { } sequence || !await FollowChangesAsync(sequence, cancellationToken))
                await LoadAsync(head.Sequence, cancellationToken);
            var after = await store.ReadHeadAsync(cancellationToken);
            if (after is not null && after.Items == _items.Count && after.Checksum == _checksum)
            {
                _head = after;
                return true;
            }
            // It may have changed while it was read: what came meanwhile is all that is missing. If not, something was missed.
            known = head.Sequence < after?.Sequence ? head.Sequence : null;
            head = after ?? head;
        }
        LogIncomplete(_items.Count, head.Items);
        return false;
    }

    private async Task<bool> FollowChangesAsync(long sequence, CancellationToken cancellationToken)
    {
        var changed = await store.ChangedAfterAsync(sequence, cancellationToken);
        if (changed.Count > ChangesWorthFollowing)
            return false;
        foreach (var change in await store.ReadAsync(changed, cancellationToken))
            Apply(change);
        return true;
    }

    private async Task LoadAsync(long sequence, CancellationToken cancellationToken)
    {
        _head = null;
        var found = new HashSet<string>(_items.Count, StringComparer.Ordinal);
        await foreach (var change in store.ReadAllAsync(cancellationToken))
        {
            found.Add(change.ItemId);
            Apply(change);
        }
        // Whatever has changed since may have come in either form.
        foreach (var change in await store.ReadAsync(await store.ChangedAfterAsync(sequence, cancellationToken), cancellationToken))
        {
            found.Add(change.ItemId);
            Apply(change);
        }
        foreach (var id in _items.Keys)
            if (!found.Contains(id))
                Apply(new(id, null));
    }

    /// <summary>Takes a change.</summary>
    /// <exception cref="ContractException">The entry is malformed.</exception>
    internal void Apply(CatalogueChange change)
    {
        _items.TryGetValue(change.ItemId, out var before);
        var hash = change.Entry is null ? 0 : CatalogueChecksum.Of(change.ItemId, change.Entry);
        if (hash == before.Hash)
            return;
        var item = change.Entry is { } entry ? CatalogueCodec.ReadItem(entry) : null;
        // They are read of the items that are answered, when a request asks: of all items they would take more room than everything else.
        if (item is not null)
            item.Attributes = null;
        if (!Equals(before.Item, item))
            _log.Add(change.ItemId, before.Item?.Categories);
        if (item is null)
            _items.Remove(change.ItemId);
        else
            _items[change.ItemId] = (item, hash);
        _checksum = unchecked(_checksum + hash - before.Hash);
    }

    [LoggerMessage(4011, LogLevel.Warning, "The live catalogue in Redis does not add up ({Found} items of {Expected}); using what is there until it is repaired")]
    private partial void LogIncomplete(int found, long expected);
}
