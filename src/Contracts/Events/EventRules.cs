using System.Text;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Events;

/// <summary>
/// The limits that events.proto states. The Ingestor rejects events that break one; the GraphBuilder, which may read records of other
/// producers, sends them to the dead-letter topic. Each method returns the first violation, or null.
/// </summary>
public static class EventRules
{
    /// <summary>Bytes of a user, item or session id.</summary>
    public const int MaxIdBytes = 256;

    /// <summary>Bytes of an event id.</summary>
    public const int MaxEventIdBytes = 128;

    /// <summary>Length of an interaction type or a modality name.</summary>
    public const int MaxNameLength = 32;

    /// <summary>Largest weight.</summary>
    public const float MaxWeight = 1000;

    /// <summary>Modalities of an item.</summary>
    public const int MaxModalities = 8;

    /// <summary>Numbers in a feature vector.</summary>
    public const int MaxDimension = 8192;

    /// <summary>Categories of an item, and attributes of an event.</summary>
    public const int MaxEntries = 32;

    /// <summary>Bytes of a category name.</summary>
    public const int MaxCategoryBytes = 128;

    /// <summary>Bytes of an attribute's key.</summary>
    public const int MaxAttributeKeyBytes = 64;

    /// <summary>Bytes of an attribute's value.</summary>
    public const int MaxAttributeValueBytes = 1024;

    /// <summary>How far in the future of the reader's clock an event's time may be.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromDays(1);

    /// <summary>Checks an interaction; <paramref name="now"/> is the reader's clock.</summary>
    public static Violation? Check(Interaction interaction, DateTimeOffset now) =>
        CheckId("event_id", interaction.EventId, MaxEventIdBytes)
        ?? CheckId("user_id", interaction.UserId, MaxIdBytes)
        ?? CheckId("item_id", interaction.ItemId, MaxIdBytes)
        ?? CheckName("type", interaction.Type)
        ?? (interaction.HasWeight ? CheckWeight(interaction.Weight) : null)
        ?? CheckTime(interaction.Time, now)
        ?? (interaction.SessionId.Length == 0 ? null : CheckId("session_id", interaction.SessionId, MaxIdBytes))
        ?? CheckAttributes(interaction.Attributes);

    /// <summary>Checks an item; <paramref name="now"/> is the reader's clock.</summary>
    public static Violation? Check(Item item, DateTimeOffset now)
    {
        var violation = CheckId("event_id", item.EventId, MaxEventIdBytes)
            ?? CheckId("item_id", item.ItemId, MaxIdBytes)
            ?? CheckTime(item.Time, now)
            ?? CheckAttributes(item.Attributes);
        if (violation is not null)
            return violation;
        if (item.Features.Count > MaxModalities)
            return new("features", $"{item.Features.Count} modalities; at most {MaxModalities}");
        foreach (var (name, vector) in item.Features)
            if (CheckName($"features[{name}]", name) is { } bad)
                return bad;
            else if (vector.Values.Count is 0 or > MaxDimension)
                return new($"features[{name}]", $"{vector.Values.Count} numbers; 1 to {MaxDimension}");
            else if (FirstNotFinite(vector.Values) is var i and >= 0)
                return new($"features[{name}]", $"number {i} is {vector.Values[i]}; all must be finite");
        if (item.Categories.Count > MaxEntries)
            return new("categories", $"{item.Categories.Count} categories; at most {MaxEntries}");
        foreach (var category in item.Categories)
            if (CheckId("categories", category, MaxCategoryBytes) is { } bad)
                return bad;
        return null;
    }

    /// <summary>Checks an item deletion; <paramref name="now"/> is the reader's clock.</summary>
    public static Violation? Check(ItemDeletion deletion, DateTimeOffset now) =>
        CheckId("event_id", deletion.EventId, MaxEventIdBytes)
        ?? CheckId("item_id", deletion.ItemId, MaxIdBytes)
        ?? CheckTime(deletion.Time, now);

    /// <summary>Checks a user erasure; <paramref name="now"/> is the reader's clock.</summary>
    public static Violation? Check(UserErasure erasure, DateTimeOffset now) =>
        CheckId("event_id", erasure.EventId, MaxEventIdBytes)
        ?? CheckId("user_id", erasure.UserId, MaxIdBytes)
        ?? CheckTime(erasure.Time, now);

    /// <summary>Checks an id: 1 to <paramref name="maxBytes"/> bytes of UTF-8 without control characters.</summary>
    public static Violation? CheckId(string field, string id, int maxBytes)
    {
        if (id.Length == 0)
            return new(field, "is empty");
        if (Encoding.UTF8.GetByteCount(id) is var bytes && bytes > maxBytes)
            return new(field, $"has {bytes} bytes; at most {maxBytes}");
        for (var i = 0; i < id.Length; i++)
            if (char.IsControl(id[i]))
                return new(field, $"has a control character (U+{(int)id[i]:X4}) at position {i}");
        return null;
    }

    /// <summary>The rule for names of event types, modalities and attributes.</summary>
    public static Violation? CheckName(string field, string name)
    {
        if (name.Length is 0 or > MaxNameLength)
            return new(field, $"has {name.Length} characters; 1 to {MaxNameLength}");
        foreach (var c in name)
            if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-'))
                return new(field, $"\"{name}\" has a '{c}'; only a-z, 0-9, '_' and '-'");
        return null;
    }

    private static Violation? CheckWeight(float weight) =>
        weight is > 0 and <= MaxWeight ? null : new("weight", $"is {weight}; above 0 and at most {MaxWeight}");

    private static Violation? CheckTime(Timestamp? time, DateTimeOffset now)
    {
        if (time is null)
            return new("time", "is missing");
        if (time.Nanos is < 0 or > 999_999_999)
            return new("time", $"has {time.Nanos} nanoseconds; 0 to 999999999");
        if (time.Seconds < 0)
            return new("time", $"is {-time.Seconds} s before 1970");
        if (time.Seconds > (now + MaxAhead).ToUnixTimeSeconds())
            return new("time", $"is {time.Seconds - now.ToUnixTimeSeconds()} s ahead of the clock; at most {MaxAhead.TotalSeconds:0}");
        return null;
    }

    private static Violation? CheckAttributes(MapField<string, string> attributes)
    {
        if (attributes.Count > MaxEntries)
            return new("attributes", $"{attributes.Count} attributes; at most {MaxEntries}");
        foreach (var (key, value) in attributes)
            if (CheckId("attributes", key, MaxAttributeKeyBytes) is { } bad)
                return bad;
            else if (Encoding.UTF8.GetByteCount(value) is var bytes && bytes > MaxAttributeValueBytes)
                return new($"attributes[{key}]", $"has {bytes} bytes; at most {MaxAttributeValueBytes}");
        return null;
    }

    private static int FirstNotFinite(RepeatedField<float> values)
    {
        for (var i = 0; i < values.Count; i++)
            if (!float.IsFinite(values[i]))
                return i;
        return -1;
    }
}
