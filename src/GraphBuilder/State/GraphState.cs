using System.Text;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// All that events say about users and items, at a constant cost per event. One key is in one partition, and its records are applied in the
/// partition's order: what is true of a user or an item does not depend on how partitions interleave, nor on delivering records again.
/// One thread at a time; <see cref="Freeze"/> gives others a picture of it.
/// </summary>
internal sealed class GraphState
{
    private readonly SlabList<UserRow> _users = new();
    private readonly SlabList<ItemState> _items = new();

    // Per item: users with a positive pair; and the hash that ties go by.
    private readonly List<int> _usersOf = [];
    private readonly List<ulong> _itemHashes = [];
    private readonly Dictionary<ulong, long> _erasures = [];
    private readonly ModalityWidths _widths = new();
    private int _epoch;

    public IdTable UserIds { get; } = new();

    public IdTable ItemIds { get; } = new();

    public LiveChanges Changes { get; } = new();

    /// <summary>The modalities that are in the graphs.</summary>
    public IReadOnlyList<Modality> Modalities => _widths.InUse;

    /// <summary>Modalities that are in no graph, because there are too many.</summary>
    public IReadOnlyList<string> UnusedModalities => _widths.Unused;

    /// <summary>
    /// Stable hash of each erased user's id, and the newest time erased: an event that happened before but arrives after it finds it.
    /// </summary>
    public IReadOnlyDictionary<ulong, long> Erasures => _erasures;

    /// <summary>Users with a positive pair, those included whose items have all been deleted.</summary>
    public int ActiveUsers { get; private set; }

    /// <summary>Items not deleted that have a description or a user.</summary>
    public int ActiveItems { get; private set; }

    /// <summary>Positive pairs whose item is not deleted.</summary>
    public long ActivePairs { get; private set; }

    /// <summary>Items that must not be recommended: deleted or unavailable.</summary>
    public int HiddenItems { get; private set; }

    /// <summary>Grows whenever something that a snapshot shows may have changed.</summary>
    public long Version { get; private set; }

    /// <summary>The newest event time read, Unix milliseconds; -1 before the first.</summary>
    public long EventTime { get; private set; } = -1;

    public ItemState Item(int item) => _items[item];

    /// <summary>The user's pairs, ascending by item.</summary>
    public ReadOnlySpan<Pair> PairsOf(int user) => _users[user].Pairs;

    /// <summary>Whether the user was erased before, and has come back.</summary>
    public bool WasErased(int user) => _users[user].ErasedUntil > 0;

    /// <summary>Users with a positive pair with the item.</summary>
    public int UsersOf(int item) => _usersOf[item];

    public bool IsActiveItem(int item) => !_items[item].Deleted && (_items[item].Described || _usersOf[item] > 0);

    /// <summary>Does item <paramref name="a"/> come before <paramref name="b"/> where strengths are equal?</summary>
    public bool Precedes(int a, int b) =>
        _itemHashes[a] != _itemHashes[b] ? _itemHashes[a] < _itemHashes[b] : ItemIds.Utf8(a).AsSpan().SequenceCompareTo(ItemIds.Utf8(b)) < 0;

    /// <summary>Takes an interaction.</summary>
    /// <param name="userId">UTF-8.</param>
    /// <param name="itemId">UTF-8.</param>
    /// <param name="kind">What it makes of the pair.</param>
    /// <param name="weight">Above 0; of no meaning for what is not positive.</param>
    /// <param name="time">Unix milliseconds, not after its record.</param>
    /// <returns>False if nothing changed: a duplicate, older than what is known, or older than the user's erasure.</returns>
    public bool Touch(ReadOnlySpan<byte> userId, ReadOnlySpan<byte> itemId, PairKind kind, float weight, long time)
    {
        ReadUpTo(time);
        if (!UserIds.TryGet(userId, out var user))
        {
            var erasedUntil = ErasedUntil(userId);
            if (erasedUntil > 0 && time <= erasedUntil)
                return false;
            user = AddUser(userId, erasedUntil);
        }
        else if (time <= _users[user].ErasedUntil)
            return false;
        return Touch(user, EnsureItem(itemId), kind, weight, time);
    }

    /// <inheritdoc cref="Touch(ReadOnlySpan{byte}, ReadOnlySpan{byte}, PairKind, float, long)"/>
    public bool Touch(string userId, string itemId, PairKind kind, float weight, long time) =>
        Touch(Encoding.UTF8.GetBytes(userId), Encoding.UTF8.GetBytes(itemId), kind, weight, time);

    /// <summary>Forgets all of the user that came before in the log; events up to <paramref name="time"/> that are yet to come stay out.</summary>
    public void EraseUser(string userId, long time)
    {
        ReadUpTo(time);
        var known = UserIds.TryGet(userId, out var user);
        // What came before goes even if the erasure is of an earlier time; and it stays away when it is delivered again.
        foreach (var pair in known ? _users[user].Pairs : [])
            time = Math.Max(time, pair.Time);
        Changes.Erasures.Add(userId);
        var hash = StableHash.Of(userId);
        _erasures[hash] = Math.Max(time, _erasures.GetValueOrDefault(hash));
        if (!known)
            return;
        Version++;
        foreach (var pair in _users[user].Pairs)
            CountPair(pair.Item, pair.IsPositive ? -1 : 0);
        CountUser(user, -1);
        _users.Edit(user).Clear();
        UserIds.Forget(user);
    }

    /// <summary>Takes a description or a deletion: the last one in the log is the one that counts, as compaction would have it.</summary>
    public void PutItem(string itemId, ItemState next)
    {
        ReadUpTo(next.Time);
        Version++;
        var item = EnsureItem(Encoding.UTF8.GetBytes(itemId));
        Changes.Items.Add(item);
        PutItem(item, next);
    }

    /// <summary>What it is now, for others to read while events go on. Costs one reference per few thousand users and items.</summary>
    public FrozenState Freeze()
    {
        _epoch++;
        return new()
        {
            UserIds = UserIds.Freeze(),
            Users = _users.Freeze(),
            ItemIds = ItemIds.Freeze(),
            Items = _items.Freeze(),
            Erasures = [.. _erasures],
            Modalities = _widths.InUse,
            Version = Version,
            EventTime = EventTime,
        };
    }

    /// <summary>Puts back an erasure from a checkpoint.</summary>
    public void Restore(ulong userHash, long erased) => _erasures[userHash] = erased;

    /// <summary>Puts back a user from a checkpoint; the items are back already.</summary>
    /// <exception cref="FormatException">The pairs name an item that is not there, or are not in order.</exception>
    public void RestoreUser(ReadOnlySpan<byte> id, long erasedUntil, ReadOnlySpan<Pair> pairs)
    {
        var user = AddUser(id, erasedUntil);
        var last = -1;
        foreach (var pair in pairs)
        {
            if (pair.Item <= last || pair.Item >= _items.Count)
                throw new FormatException($"user {UserIds[user]} has item number {pair.Item} after {last}; there are {_items.Count}");
            Touch(user, last = pair.Item, pair.Kind, pair.Weight, pair.Time);
        }
        // Not news; and ten million of them would be a list of their own.
        Changes.Clear();
    }

    /// <summary>Puts back the next item from a checkpoint.</summary>
    public void RestoreItem(ReadOnlySpan<byte> id, ItemState state) => PutItem(EnsureItem(id), state);

    public void ReadUpTo(long time) => EventTime = Math.Max(EventTime, time);

    private bool Touch(int user, int item, PairKind kind, float weight, long time)
    {
        var pair = new Pair(item, kind, weight, time);
        ref readonly var row = ref _users[user];
        var index = row.IndexOf(item);
        var (before, wasActive) = (index >= 0 ? row.Pairs[index] : default, HasPositive(row));
        if (index >= 0 && (pair = before.With(pair)) == before)
            return false;
        ref var edited = ref _users.Edit(user);
        edited.Put(index, pair, _epoch);
        Version++;
        Changes.Pairs.Add((user, item));
        var change = (pair.IsPositive ? 1 : 0) - (index >= 0 && before.IsPositive ? 1 : 0);
        if (change != 0)
        {
            CountPair(item, change);
            ActiveUsers += (HasPositive(_users[user]) ? 1 : 0) - (wasActive ? 1 : 0);
        }
        return true;
    }

    private void PutItem(int item, ItemState next)
    {
        var current = _items[item];
        var wasActive = IsActiveItem(item);
        _widths.Replace(current, next);
        _items.Edit(item) = next;
        ActiveItems += (IsActiveItem(item) ? 1 : 0) - (wasActive ? 1 : 0);
        HiddenItems += (next.Hidden ? 1 : 0) - (current.Hidden ? 1 : 0);
        if (current.Deleted != next.Deleted)
            ActivePairs += next.Deleted ? -_usersOf[item] : _usersOf[item];
    }

    private static bool HasPositive(in UserRow row)
    {
        foreach (var pair in row.Pairs)
            if (pair.IsPositive)
                return true;
        return false;
    }

    private long ErasedUntil(ReadOnlySpan<byte> userId) =>
        _erasures.Count == 0 ? 0 : _erasures.GetValueOrDefault(StableHash.Of(userId));

    private int AddUser(ReadOnlySpan<byte> userId, long erasedUntil)
    {
        var user = UserIds.GetOrAdd(userId);
        _users.Add(new UserRow { ErasedUntil = erasedUntil });
        return user;
    }

    private int EnsureItem(ReadOnlySpan<byte> itemId)
    {
        var item = ItemIds.GetOrAdd(itemId);
        if (item == _items.Count)
        {
            _items.Add(ItemState.Undescribed);
            _usersOf.Add(0);
            _itemHashes.Add(StableHash.Of(itemId));
        }
        return item;
    }

    private void CountUser(int user, int change)
    {
        if (HasPositive(_users[user]))
            ActiveUsers += change;
    }

    private void CountPair(int item, int change)
    {
        var wasActive = IsActiveItem(item);
        _usersOf[item] += change;
        ActiveItems += (IsActiveItem(item) ? 1 : 0) - (wasActive ? 1 : 0);
        if (!_items[item].Deleted)
            ActivePairs += change;
    }
}
