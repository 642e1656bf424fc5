using System.Globalization;
using System.Text;
using Rearm.Streaming.Contracts.Events;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>The configured table of what each interaction type counts for.</summary>
internal sealed class EventTypes
{
    /// <summary>The pair leaves the graphs, and the item is not recommended to the user.</summary>
    public const string Negative = "negative";

    /// <summary>The event changes nothing.</summary>
    public const string Ignore = "ignore";

    /// <summary>As if the user had never touched the item.</summary>
    public const string Retract = "retract";

    /// <summary>So many types of positive events can be told apart: a pair has a bit for each.</summary>
    public const int MaxPositive = 8;

    private readonly Dictionary<string, EventMeaning> _meanings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EventMeaning>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <param name="table">By type: a weight above 0 and at most 1000, or one of the words above.</param>
    /// <exception cref="FormatException">A meaning is neither, or too many are weights.</exception>
    public EventTypes(IReadOnlyDictionary<string, string> table)
    {
        foreach (var (type, meaning) in table)
            _meanings.Add(type, Parse(meaning) ?? throw new FormatException(Complaint(type, meaning)));
        if (CheckCount(table) is { } complaint)
            throw new FormatException(complaint);
        Names = [.. _meanings.Where(m => m.Value is { Ignored: false, Kind: PairKind.Positive }).Select(m => m.Key).Order(StringComparer.Ordinal)];
        for (var bit = 0; bit < Names.Count; bit++)
            _meanings[Names[bit]] = _meanings[Names[bit]] with { Types = (byte)(1 << bit) };
        _lookup = _meanings.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The types of positive events that the table names: a pair's types have the bit n for the n-th.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What is wrong with the table as a whole, or null.</summary>
    public static string? CheckCount(IReadOnlyDictionary<string, string> table) =>
        table.Values.Select(Parse).Count(m => m is { Ignored: false, Kind: PairKind.Positive }) is var positive and > MaxPositive
            ? $"{positive} event types have a weight; at most {MaxPositive} can be told apart. Leave out those that count 1: types that are not named do as well."
            : null;

    /// <summary>What is wrong with a type or its meaning, or null.</summary>
    public static string? Check(string type, string meaning) =>
        EventRules.CheckName("EventTypes", type) is { } violation ? $"The event type \"{type}\" is one that no event can have: {violation.Reason}."
        : Parse(meaning) is null ? Complaint(type, meaning)
        : null;

    /// <summary>What a type counts for; false if the table does not name it.</summary>
    public bool TryGet(ReadOnlySpan<byte> type, out EventMeaning meaning)
    {
        Span<char> chars = stackalloc char[EventRules.MaxNameLength];
        // Longer names are in no table.
        if (type.Length <= chars.Length && Encoding.UTF8.TryGetChars(type, chars, out var length) && _lookup.TryGetValue(chars[..length], out meaning))
            return true;
        meaning = EventMeaning.Unnamed;
        return false;
    }

    private static EventMeaning? Parse(string meaning) => meaning switch
    {
        Negative => new(false, PairKind.Negative, 0),
        Retract => new(false, PairKind.Retracted, 0),
        Ignore => new(true, PairKind.Positive, 0),
        _ => float.TryParse(meaning, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight is > 0 and <= EventRules.MaxWeight
            ? new(false, PairKind.Positive, weight)
            : null,
    };

    private static string Complaint(string type, string meaning) =>
        $"The event type \"{type}\" counts for \"{meaning}\"; a weight above 0 and at most {EventRules.MaxWeight}, \"{Negative}\", \"{Ignore}\" or \"{Retract}\" is needed.";
}
