using System.Text;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// All that events say about the items, and about the users of the partitions that this process has (<see cref="UserShard"/>), at a constant cost per
/// event. One key is in one partition, and its records are applied in the partition's order: what is true of a user or an item does not depend on how
/// partitions interleave, on who reads which, nor on delivering records again. One thread at a time; <see cref="Freeze"/> gives others a picture of it.
/// </summary>
/// <param name="trendingHalfLife">After so long a user counts half in what is trending; null for <see cref="ItemTrends.DefaultHalfLife"/>.</param>
internal sealed class GraphState(TimeSpan? trendingHalfLife = null)
{
    private readonly SlabList<ItemState> _items = new();

    // Per item: users with a positive pair; and the hash that ties go by.
    private readonly List<int> _usersOf = [];
    private readonly List<ulong> _itemHashes = [];
    private readonly ModalityWidths _widths = new();
    private readonly ItemTrends _trends = new(trendingHalfLife ?? ItemTrends.DefaultHalfLife);
    private readonly SortedDictionary<int, UserShard> _shards = [];
    private UserShard?[] _byPartition = [];
    private long _itemsRead = -1;

    public IdTable ItemIds { get; } = new();

    /// <summary>The event types whose bits pairs have (<see cref="EventTypes.Names"/>).</summary>
    public IReadOnlyList<string> TypeNames { get; init; } = [];

    /// <summary>The attributes of items that are kept.</summary>
    public AttributeNames AttributeNames { get; init; } = AttributeNames.None;

    /// <summary>Items whose description changed since it was last taken, for the live state in Redis.</summary>
    public HashSet<int> ChangedItems { get; } = [];

    /// <summary>The shards, ascending by partition.</summary>
    public IReadOnlyCollection<UserShard> Shards => _shards.Values;

    /// <summary>The modalities that are in the graphs.</summary>
    public IReadOnlyList<Modality> Modalities => _widths.InUse;

    /// <summary>Modalities that are in no graph, because there are too many.</summary>
    public IReadOnlyList<string> UnusedModalities => _widths.Unused;

    /// <summary>
    /// Whether the items have yet to be read up to where their log ended at the start: until then, what Redis has of them may be newer than what is known here.
    /// The worker says so.
    /// </summary>
    public bool ItemsAreBehind { get; set; }

    /// <summary>Users with a positive pair, those included whose items have all been deleted.</summary>
    public int ActiveUsers => Shards.Sum(s => s.ActiveUsers);

    /// <summary>Items not deleted that have a description or a user.</summary>
    public int ActiveItems { get; private set; }

    /// <summary>Positive pairs whose item is not deleted.</summary>
    public long ActivePairs { get; private set; }

    /// <summary>Items that must not be recommended: deleted or unavailable.</summary>
    public int HiddenItems { get; private set; }

    /// <summary>Grows whenever something that a snapshot shows may have changed.</summary>
    public long Version { get; private set; }

    /// <summary>The newest event time read, Unix milliseconds; -1 before the first.</summary>
    public long EventTime => Shards.Aggregate(_itemsRead, (newest, shard) => Math.Max(newest, shard.EventTime));

    /// <summary>The users of a partition.</summary>
    /// <exception cref="InvalidOperationException">The state has no such shard.</exception>
    public UserShard Shard(int partition) => partition < _byPartition.Length && _byPartition[partition] is { } shard
        ? shard
        : throw new InvalidOperationException($"The state has no shard for partition {partition}; it has {string.Join(", ", _shards.Keys)}.");

    /// <summary>A shard without users, which counts once it is added.</summary>
    /// <param name="partition">Its partition.</param>
    /// <param name="takenAt">When the checkpoint was taken that its users come from; 0 if from none.</param>
    public UserShard NewShard(int partition, long takenAt = 0) => new(this, partition) { TakenAt = takenAt };

    /// <summary>Adds a shard that <see cref="NewShard"/> gave, with all its users.</summary>
    public void Add(UserShard shard)
    {
        _shards.Add(shard.Partition, shard);
        if (shard.Partition >= _byPartition.Length)
            Array.Resize(ref _byPartition, shard.Partition + 1);
        _byPartition[shard.Partition] = shard;
        shard.Count(+1);
        Changed();
    }

    /// <summary>Lets go of a shard, with all its users.</summary>
    public void Remove(UserShard shard)
    {
        _shards.Remove(shard.Partition);
        _byPartition[shard.Partition] = null;
        shard.StopCounting();
        shard.Count(-1);
        Changed();
    }

    public ItemState Item(int item) => _items[item];

    /// <summary>Users with a positive pair with the item.</summary>
    public int UsersOf(int item) => _usersOf[item];

    public bool IsActiveItem(int item) => !_items[item].Deleted && (_items[item].Described || _usersOf[item] > 0);

    /// <summary>Does item <paramref name="a"/> come before <paramref name="b"/> where strengths are equal?</summary>
    public bool Precedes(int a, int b) =>
        _itemHashes[a] != _itemHashes[b] ? _itemHashes[a] < _itemHashes[b] : ItemIds.Utf8(a).AsSpan().SequenceCompareTo(ItemIds.Utf8(b)) < 0;

    /// <summary>Takes a description or a deletion: the last one in the log is the one that counts, as compaction would have it.</summary>
    public void PutItem(string itemId, ItemState next)
    {
        ItemsReadUpTo(next.Time);
        Changed();
        var item = EnsureItem(Encoding.UTF8.GetBytes(itemId));
        ChangedItems.Add(item);
        PutItem(item, next);
    }

    /// <summary>What it is now, for others to read while events go on. Costs one reference per few thousand users and items.</summary>
    public FrozenState Freeze() => new() { Items = FreezeItems(), Shards = [.. Shards.Select(s => s.Freeze())] };

    /// <summary>What is known of the items now.</summary>
    public FrozenItems FreezeItems() => new()
    {
        Ids = ItemIds.Freeze(),
        States = _items.Freeze(),
        Modalities = _widths.InUse,
        AttributeNames = AttributeNames.All,
        EventTime = _itemsRead,
    };

    /// <summary>The items as the live catalogue needs them, for others to read. Users' rows are not touched, so it may be called often.</summary>
    /// <param name="partitions">Partitions of the interactions topic: from the shards that are here, what is trending is estimated for all.</param>
    public ItemsPicture PictureItems(int partitions) =>
        new(FreezeItems(), _trends.At(EventTime, Shards.Count == 0 ? 0 : (double)partitions / Shards.Count), Version);

    /// <summary>Puts back an item from a checkpoint.</summary>
    public void RestoreItem(ReadOnlySpan<byte> id, ItemState state) => PutItem(EnsureItem(id), state);

    public void ItemsReadUpTo(long time) => _itemsRead = Math.Max(_itemsRead, time);

    /// <summary>The item's number, a new one if it has none.</summary>
    public int EnsureItem(ReadOnlySpan<byte> itemId)
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

    internal void Changed() => Version++;

    internal void CountPair(int item, int change)
    {
        var wasActive = IsActiveItem(item);
        _usersOf[item] += change;
        ActiveItems += (IsActiveItem(item) ? 1 : 0) - (wasActive ? 1 : 0);
        if (!_items[item].Deleted)
            ActivePairs += change;
    }

    /// <inheritdoc cref="ItemTrends.Change"/>
    internal void CountTrend(int item, long before, long after) => _trends.Change(item, before, after);

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
}
