namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>How many of a shard's users have a positive pair with each item. Kept only while several GraphBuilders have to add theirs up.</summary>
internal sealed class ItemCounts
{
    private readonly List<int> _users = [];

    /// <summary>Items whose count is not in Redis yet.</summary>
    public HashSet<int> Changed { get; } = [];

    public int this[int item] => item < _users.Count ? _users[item] : 0;

    /// <summary>Items with a number up to the greatest that was ever counted.</summary>
    public int Count => _users.Count;

    public void Add(int item, int change)
    {
        while (_users.Count <= item)
            _users.Add(0);
        _users[item] += change;
        Changed.Add(item);
    }
}
