namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// Which items have changed lately: whoever has made something of them as of one version asks what to make anew. Holds so many changes at most; who is
/// further behind makes all of it anew. For one thread.
/// </summary>
/// <typeparam name="T">What is kept of an item as it was.</typeparam>
/// <param name="capacity">Changes at most.</param>
internal sealed class ChangeLog<T>(int capacity)
{
    private readonly (string Id, T Before)[] _changes = new (string, T)[capacity];

    /// <summary>The number of the newest change; 0: there has been none.</summary>
    public long Version { get; private set; }

    /// <summary>An item changes.</summary>
    /// <param name="id">The item.</param>
    /// <param name="before">What it was.</param>
    public void Add(string id, T before) => _changes[Version++ % capacity] = (id, before);

    /// <summary>The items that have changed after a version, with what they were then; null if that is not known any more.</summary>
    public IReadOnlyDictionary<string, T>? Since(long version)
    {
        if (version < 0 || Version - version > capacity)
            return null;
        var changes = new Dictionary<string, T>(StringComparer.Ordinal);
        for (; version < Version; version++)
        {
            var (id, before) = _changes[version % capacity];
            changes.TryAdd(id, before);
        }
        return changes;
    }
}
