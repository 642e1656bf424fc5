using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>
/// Events in protobuf's JSON form. A missing time is now, and a missing event_id is generated, for people at a terminal; but only an event_id of the
/// sender's own makes retrying idempotent.
/// </summary>
internal sealed class JsonEvents(TimeProvider clock)
{
    /// <summary>Reads an interaction.</summary>
    /// <exception cref="EventFormatException">Not the JSON of an interaction.</exception>
    public Event Interaction(JsonElement json)
    {
        var interaction = JsonMessage.Read<Interaction>(json, "an interaction");
        interaction.EventId = IdOr(interaction.EventId);
        interaction.Time ??= Now();
        return new Event { Interaction = interaction };
    }

    /// <summary>Reads an item.</summary>
    /// <exception cref="EventFormatException">Not the JSON of an item.</exception>
    public Event Item(JsonElement json)
    {
        var item = JsonMessage.Read<Item>(json, "an item");
        item.EventId = IdOr(item.EventId);
        item.Time ??= Now();
        return new Event { Item = item };
    }

    /// <summary>The deletion of an item, now.</summary>
    public Event ItemDeletion(string itemId, string? eventId) =>
        new() { ItemDeletion = new() { EventId = IdOr(eventId), ItemId = itemId, Time = Now() } };

    /// <summary>The erasure of a user, now.</summary>
    public Event UserErasure(string userId, string? eventId) =>
        new() { UserErasure = new() { EventId = IdOr(eventId), UserId = userId, Time = Now() } };

    private static string IdOr(string? id) => string.IsNullOrEmpty(id) ? $"http-{Guid.CreateVersion7():N}" : id;

    private Timestamp Now() => Timestamp.FromDateTimeOffset(clock.GetUtcNow());
}
