using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Ingestor.Validation;

/// <summary>
/// Finds the rule that an event breaks by itself, if any. Whether an item's vectors are as wide as those of other items is checked by the
/// GraphBuilder, which knows them all.
/// </summary>
internal sealed class EventValidator(TimeProvider clock)
{
    /// <summary>The first rule broken, or null.</summary>
    public Violation? Check(Event @event)
    {
        var now = clock.GetUtcNow();
        return @event.EventCase switch
        {
            Event.EventOneofCase.Interaction => EventRules.Check(@event.Interaction, now),
            Event.EventOneofCase.Item => EventRules.Check(@event.Item, now),
            Event.EventOneofCase.ItemDeletion => EventRules.Check(@event.ItemDeletion, now),
            Event.EventOneofCase.UserErasure => EventRules.Check(@event.UserErasure, now),
            _ => new("event", "is empty; an interaction, item, item_deletion or user_erasure is needed"),
        };
    }
}
