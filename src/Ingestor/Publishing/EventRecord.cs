using System.Text;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Ingestor.Publishing;

/// <summary>An event as a Kafka record.</summary>
/// <param name="Topic">Where to.</param>
/// <param name="Key">User id or item id, UTF-8: all events of one are in one partition, in order.</param>
/// <param name="Value">The versioned envelope.</param>
internal readonly record struct EventRecord(string Topic, byte[] Key, byte[] Value)
{
    /// <summary>The record of a valid event.</summary>
    public static EventRecord Of(Event @event, KafkaTopics topics) => @event.EventCase switch
    {
        Event.EventOneofCase.Interaction => new(topics.Interactions, Encoding.UTF8.GetBytes(@event.Interaction.UserId), EventCodec.Write(@event.Interaction)),
        Event.EventOneofCase.UserErasure => new(topics.Interactions, Encoding.UTF8.GetBytes(@event.UserErasure.UserId), EventCodec.Write(@event.UserErasure)),
        Event.EventOneofCase.Item => new(topics.Items, Encoding.UTF8.GetBytes(@event.Item.ItemId), EventCodec.Write(@event.Item)),
        Event.EventOneofCase.ItemDeletion => new(topics.Items, Encoding.UTF8.GetBytes(@event.ItemDeletion.ItemId), EventCodec.Write(@event.ItemDeletion)),
        _ => throw new ArgumentException("An event without content has no record.", nameof(@event)),
    };

    /// <summary>The event's own id; empty if it has no content.</summary>
    public static string IdOf(Event @event) => @event.EventCase switch
    {
        Event.EventOneofCase.Interaction => @event.Interaction.EventId,
        Event.EventOneofCase.UserErasure => @event.UserErasure.EventId,
        Event.EventOneofCase.Item => @event.Item.EventId,
        Event.EventOneofCase.ItemDeletion => @event.ItemDeletion.EventId,
        _ => "",
    };
}
