using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// All that events say about users and items. Every rule takes the newest by event time, so any order of delivery, with any repetition,
/// ends in the same state. One thread at a time.
/// </summary>
internal sealed class GraphState
{
    private readonly List<ItemState> _items = [];
    private readonly List<int> _activeItemsOf = [];
    private readonly Dictionary<ulong, long> _erasures = [];

    public GraphState(IncrementalCooccurrence.Limits limits) => Cooccurrence = new(this, limits);

    public IdTable UserIds { get; } = new();

    public IdTable ItemIds { get; } = new();

    public EdgeStore Edges { get; } = new();

    public ModalityDimensions Dimensions { get; } = new();

    public IncrementalCooccurrence Cooccurrence { get; }

    public LiveChanges Changes { get; } = new();

    /// <summary>Stable hash of each erased user's id, and the newest time erased: an older event that is delivered again finds it.</summary>
    public IReadOnlyDictionary<ulong, long> Erasures => _erasures;

    /// <summary>Users that have touched an item that is not deleted.</summary>
    public int ActiveUsers { get; private set; }

    /// <summary>Items not deleted that have a description or a user.</summary>
    public int ActiveItems { get; private set; }

    /// <summary>Pairs whose item is not deleted.</summary>
    public int ActivePairs { get; private set; }

    /// <summary>Grows whenever something that a snapshot shows may have changed.</summary>
    public long Version { get; private set; }

    /// <summary>The newest event time read, Unix milliseconds; -1 before the first.</summary>
    public long EventTime { get; private set; } = -1;

    public ItemState Item(int item) => _items[item];

    public bool IsActiveUser(int user) => _activeItemsOf[user] > 0;

    public bool IsActiveItem(int item) => !_items[item].Deleted && (_items[item].Described || Edges.UsersOf[item].Count > 0);

    public TouchResult Touch(string userId, string itemId, PairTouch touch)
    {
        ReadUpTo(touch.Time);
        if (_erasures.Count > 0 && _erasures.TryGetValue(StableHash.Of(userId), out var erased) && touch.Time <= erased)
            return TouchResult.Stale;
        var user = EnsureUser(userId);
        var item = EnsureItem(itemId);
        var wasActive = IsActiveItem(item);
        var result = Edges.Touch(user, item, touch);
        if (result == TouchResult.Stale)
            return result;
        Version++;
        Changes.Pairs.Add((user, item));
        if (result == TouchResult.Added)
        {
            CountItem(item, wasActive);
            if (!_items[item].Deleted)
                CountPair(user, +1);
            Cooccurrence.Added(user, item);
        }
        return result;
    }

    /// <summary>Forgets the user's events up to <paramref name="time"/>, those that are yet to be delivered again as well.</summary>
    public void EraseUser(string userId, long time)
    {
        ReadUpTo(time);
        Changes.Erasures[userId] = Math.Max(time, Changes.Erasures.GetValueOrDefault(userId, time));
        var hash = StableHash.Of(userId);
        if (_erasures.TryGetValue(hash, out var erased) && erased >= time)
            return;
        _erasures[hash] = time;
        if (!UserIds.TryGet(userId, out var user))
            return;
        Version++;
        var items = Edges.ItemsOf[user].Span.ToArray();
        var touches = Edges.TouchesOf(user).ToArray();
        for (var i = 0; i < items.Length; i++)
            if (touches[i].Time <= time)
                Remove(user, items[i]);
        if (Edges.ItemsOf[user].Count == 0)
            UserIds.Forget(user);
    }

    /// <summary>Takes a description or a deletion.</summary>
    /// <returns>Why it can't be taken, or null.</returns>
    public string? PutItem(string itemId, ItemState next)
    {
        var item = EnsureItem(itemId);
        var current = _items[item];
        if (!next.IsNewerThan(current))
            return null;
        if (Dimensions.Mismatch(current, next) is { } mismatch)
            return mismatch;
        ReadUpTo(next.Time);
        Version++;
        Changes.Items.Add(item);
        var wasActive = IsActiveItem(item);
        Dimensions.Replace(current, next);
        _items[item] = next;
        CountItem(item, wasActive);
        if (current.Deleted != next.Deleted)
        {
            foreach (var user in Edges.UsersOf[item].Span)
                CountPair(user, next.Deleted ? -1 : +1);
            Cooccurrence.ActivityChanged(item);
        }
        return null;
    }

    /// <summary>Puts back an erasure from a checkpoint.</summary>
    public void Restore(ulong userHash, long erased) => _erasures[userHash] = erased;

    /// <summary>Puts back a pair from a checkpoint. Co-occurrence is not counted: its Reset, once all are back, is far cheaper.</summary>
    public void RestorePair(int user, int item, PairTouch touch)
    {
        var wasActive = IsActiveItem(item);
        if (Edges.Touch(user, item, touch) != TouchResult.Added)
            throw new FormatException($"user {UserIds[user]} has item {ItemIds[item]} twice");
        CountItem(item, wasActive);
        if (!_items[item].Deleted)
            CountPair(user, +1);
    }

    public int EnsureUser(string userId)
    {
        var user = UserIds.GetOrAdd(userId);
        Edges.EnsureUser(user);
        while (_activeItemsOf.Count <= user)
            _activeItemsOf.Add(0);
        return user;
    }

    public int EnsureItem(string itemId)
    {
        var item = ItemIds.GetOrAdd(itemId);
        Edges.EnsureItem(item);
        while (_items.Count <= item)
            _items.Add(ItemState.Undescribed);
        return item;
    }

    public void ReadUpTo(long time) => EventTime = Math.Max(EventTime, time);

    private void Remove(int user, int item)
    {
        var wasActive = IsActiveItem(item);
        Edges.Remove(user, item);
        CountItem(item, wasActive);
        if (!_items[item].Deleted)
            CountPair(user, -1);
        Cooccurrence.Removed(user, item);
    }

    private void CountPair(int user, int change)
    {
        ActivePairs += change;
        var was = IsActiveUser(user);
        _activeItemsOf[user] += change;
        ActiveUsers += (IsActiveUser(user) ? 1 : 0) - (was ? 1 : 0);
    }

    private void CountItem(int item, bool wasActive) => ActiveItems += (IsActiveItem(item) ? 1 : 0) - (wasActive ? 1 : 0);
}
