using Rearm.Streaming.Contracts.Events;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>Which attributes of items are kept, so that what they take in memory and in Redis is for the operator to say.</summary>
internal sealed class AttributeNames
{
    /// <summary>None.</summary>
    public static readonly AttributeNames None = new("");

    private readonly string[] _names;

    /// <param name="list">The names, separated by commas; blanks around them do not count.</param>
    public AttributeNames(string list) => _names = [.. Split(list).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The names, in ordinal order.</summary>
    public IReadOnlyList<string> All => _names;

    /// <summary>What is wrong with a list, or null.</summary>
    public static string? Check(string list)
    {
        var names = Split(list);
        return names.Length > EventRules.MaxEntries
            ? $"names {names.Length} attributes; an item has at most {EventRules.MaxEntries}"
            : names.Select(name => EventRules.CheckId($"\"{name}\"", name, EventRules.MaxAttributeKeyBytes)).FirstOrDefault(v => v is not null)?.ToString();
    }

    /// <summary>Those of an item's attributes that are kept, in ordinal order of their names.</summary>
    public ItemAttribute[] Of(IDictionary<string, string> sent)
    {
        if (sent.Count == 0)
            return [];
        var kept = new List<ItemAttribute>(_names.Length);
        foreach (var name in _names)
            if (sent.TryGetValue(name, out var value))
                kept.Add(new(name, value));
        return [.. kept];
    }

    /// <summary>Those of a checkpoint's attributes that are still kept.</summary>
    public ItemAttribute[] Of(ItemAttribute[] restored) => Array.TrueForAll(restored, a => Array.IndexOf(_names, a.Name) >= 0)
        ? restored
        : Array.FindAll(restored, a => Array.IndexOf(_names, a.Name) >= 0);

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
