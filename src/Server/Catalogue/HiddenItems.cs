using System.Collections.Immutable;
using Rearm.Streaming.Storage.Live;
using StackExchange.Redis;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// A copy of the hidden items, kept in step with Redis: read whole once, then change by change. Where there is no head it is read whole each time. For one
/// thread.
/// </summary>
internal sealed class HiddenItems(HiddenItemsStore store)
{
    private readonly ChangeLog<bool> _log = new(HiddenItemsStore.ChangesKept);
    private HiddenItemsHead? _head;

    /// <summary>The items that must not be recommended now.</summary>
    public ImmutableHashSet<string> Items { get; private set; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Grows whenever an item is hidden or shown.</summary>
    public long Version => _log.Version;

    /// <summary>The items that have been hidden or shown after a version; null if that is not known any more.</summary>
    public IEnumerable<string>? ChangedSince(long version) => _log.Since(version)?.Keys;

    /// <summary>Catches up with Redis.</summary>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        var head = await store.ReadHeadAsync(cancellationToken);
        if (head is not null && head == _head)
            return;
        if (head is { } now && _head is { } known && await store.ReadChangesAsync(known, now, cancellationToken) is { } changes)
        {
            var items = Items.ToBuilder();
            foreach (var (id, isHidden) in changes)
                if (isHidden ? items.Add(id) : items.Remove(id))
                    _log.Add(id, !isHidden);
            Items = items.ToImmutable();
        }
        else
        {
            await LoadAsync(cancellationToken);
        }
        // What has changed since it was read is among the changes after it.
        _head = head;
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var id in store.ReadAllAsync(cancellationToken))
            found.Add(id);
        var items = Items.ToBuilder();
        foreach (var id in Items)
            if (!found.Contains(id) && items.Remove(id))
                _log.Add(id, true);
        foreach (var id in found)
            if (items.Add(id))
                _log.Add(id, false);
        Items = items.ToImmutable();
    }
}
