using System.Text;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>
/// The users of one partition of the interactions topic, with their pairs and erasures. All records of a user are in one partition, so a shard needs
/// nothing of the others, and can be taken over whole by another GraphBuilder. One that <see cref="GraphState"/> has not been given yet, or no longer has,
/// counts in none of the totals.
/// </summary>
internal sealed class UserShard
{
    private readonly GraphState _state;
    private readonly SlabList<UserRow> _users = new();
    private readonly Dictionary<ulong, long> _erasures = [];
    private int _epoch;

    internal UserShard(GraphState state, int partition) => (_state, Partition) = (state, partition);

    /// <summary>The partition of the interactions topic.</summary>
    public int Partition { get; }

    /// <summary>When the checkpoint was taken that it comes from, Unix milliseconds; 0 if it comes from none.</summary>
    public long TakenAt { get; init; }

    /// <summary>
    /// Whether the partition has yet to be read up to where its log ended when it was taken over: until then, what Redis has of the users may be newer than
    /// what is known here. The worker says so.
    /// </summary>
    public bool IsBehind { get; set; }

    public IdTable UserIds { get; } = new();

    public LiveChanges Changes { get; } = new();

    /// <summary>Users per item; null while nobody needs them.</summary>
    public ItemCounts? Counts { get; private set; }

    /// <summary>
    /// Stable hash of each erased user's id, and the newest time erased: an event that happened before but arrives after it finds it.
    /// </summary>
    public IReadOnlyDictionary<ulong, long> Erasures => _erasures;

    /// <summary>Users with a positive pair, those included whose items have all been deleted.</summary>
    public int ActiveUsers { get; private set; }

    /// <summary>The newest event time read, Unix milliseconds; -1 before the first.</summary>
    public long EventTime { get; private set; } = -1;

    /// <summary>The user's pairs, ascending by item.</summary>
    public ReadOnlySpan<Pair> PairsOf(int user) => _users[user].Pairs;

    /// <summary>When a user was erased last who has come back since, Unix milliseconds; 0 if never.</summary>
    public long ErasedUntil(int user) => _users[user].ErasedUntil;

    /// <summary>Takes an interaction.</summary>
    /// <param name="userId">UTF-8.</param>
    /// <param name="itemId">UTF-8.</param>
    /// <param name="kind">What it makes of the pair.</param>
    /// <param name="weight">Above 0; of no meaning for what is not positive.</param>
    /// <param name="time">Unix milliseconds, not after its record.</param>
    /// <param name="types">The bit of its type.</param>
    /// <param name="offset">Its place in the partition.</param>
    /// <returns>False if nothing changed: a duplicate, older than what is known, or older than the user's erasure.</returns>
    public bool Touch(ReadOnlySpan<byte> userId, ReadOnlySpan<byte> itemId, PairKind kind, float weight, long time, byte types = 0, long offset = 0)
    {
        ReadUpTo(time);
        if (!UserIds.TryGet(userId, out var user))
        {
            var erasedUntil = ErasedUntil(userId);
            if (erasedUntil > 0 && time <= erasedUntil)
                return false;
            user = AddUser(userId, new UserRow { ErasedUntil = erasedUntil });
        }
        else if (_users[user].ErasedUntil is > 0 and var until && time <= until)
            return false;
        return Touch(user, new Pair(_state.EnsureItem(itemId), kind, weight, time, types, offset));
    }

    /// <inheritdoc cref="Touch(ReadOnlySpan{byte}, ReadOnlySpan{byte}, PairKind, float, long, byte, long)"/>
    public bool Touch(string userId, string itemId, PairKind kind, float weight, long time, byte types = 0, long offset = 0) =>
        Touch(Encoding.UTF8.GetBytes(userId), Encoding.UTF8.GetBytes(itemId), kind, weight, time, types, offset);

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
        _state.Changed();
        Count(_users[user], -1);
        _users.Edit(user).Clear();
        UserIds.Forget(user);
    }

    /// <summary>What it is now, for others to read while events go on. Costs one reference per few thousand users.</summary>
    public FrozenShard Freeze()
    {
        _epoch++;
        return new()
        {
            Partition = Partition,
            UserIds = UserIds.Freeze(),
            Users = _users.Freeze(),
            TypeNames = _state.TypeNames,
            Erasures = [.. _erasures],
            EventTime = EventTime,
        };
    }

    /// <summary>Puts back an erasure from a checkpoint.</summary>
    public void Restore(ulong userHash, long erased) => _erasures[userHash] = erased;

    /// <summary>Puts back a user from a checkpoint, into a shard that does not count yet.</summary>
    /// <param name="id">UTF-8.</param>
    /// <param name="erasedUntil">When the user was erased last; 0 if never.</param>
    /// <param name="pairs">Ascending by item, with this state's numbers.</param>
    public void RestoreUser(ReadOnlySpan<byte> id, long erasedUntil, ReadOnlySpan<Pair> pairs) => AddUser(id, UserRow.Of(pairs, erasedUntil, _epoch));

    /// <summary>The log that offsets were of is gone: what is known of the pairs was read before all that the new one holds.</summary>
    public void ForgetOffsets()
    {
        for (var user = 0; user < _users.Count; user++)
            if (_users[user] is { Count: > 0 } row)
                _users.Edit(user) = UserRow.Of(Array.ConvertAll(row.Pairs.ToArray(), pair => pair.WithoutOffset()), row.ErasedUntil, _epoch);
    }

    public void ReadUpTo(long time) => EventTime = Math.Max(EventTime, time);

    /// <summary>Begins to count users per item, if that has not begun yet.</summary>
    public void StartCounting()
    {
        if (Counts is not null)
            return;
        Counts = new();
        for (var user = 0; user < _users.Count; user++)
            foreach (var pair in _users[user].Pairs)
                if (pair.IsPositive)
                    Counts.Add(pair.Item, 1);
    }

    /// <summary>Nobody needs to know how many users an item has in this shard.</summary>
    public void StopCounting() => Counts = null;

    /// <summary>Adds all pairs to the state's totals, or takes them out.</summary>
    internal void Count(int change)
    {
        for (var user = 0; user < _users.Count; user++)
            Count(_users[user], change);
    }

    private bool Touch(int user, Pair pair)
    {
        var item = pair.Item;
        ref readonly var row = ref _users[user];
        var index = row.IndexOf(item);
        var (before, wasActive) = (index >= 0 ? row.Pairs[index] : default, HasPositive(row));
        if (index >= 0 && (pair = before.With(pair)) == before)
            return false;
        ref var edited = ref _users.Edit(user);
        edited.Put(index, pair, _epoch);
        _state.Changed();
        Changes.Pairs.Add((user, item));
        _state.CountTrend(item, index >= 0 && before.IsPositive ? before.Time : -1, pair.IsPositive ? pair.Time : -1);
        var change = (pair.IsPositive ? 1 : 0) - (index >= 0 && before.IsPositive ? 1 : 0);
        if (change != 0)
        {
            CountPair(item, change);
            ActiveUsers += (HasPositive(_users[user]) ? 1 : 0) - (wasActive ? 1 : 0);
        }
        return true;
    }

    private void Count(in UserRow row, int change)
    {
        foreach (var pair in row.Pairs)
            if (pair.IsPositive)
            {
                CountPair(pair.Item, change);
                _state.CountTrend(pair.Item, change < 0 ? pair.Time : -1, change < 0 ? -1 : pair.Time);
            }
        if (HasPositive(row))
            ActiveUsers += change;
    }

    private void CountPair(int item, int change)
    {
        _state.CountPair(item, change);
        Counts?.Add(item, change);
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

    private int AddUser(ReadOnlySpan<byte> userId, UserRow row)
    {
        var user = UserIds.GetOrAdd(userId);
        _users.Add(row);
        return user;
    }
}
