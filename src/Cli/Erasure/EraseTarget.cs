using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Erasure;

/// <summary>Who or what is to be forgotten.</summary>
/// <param name="IsUser">A user; otherwise an item.</param>
/// <param name="Id">Its id.</param>
internal sealed record EraseTarget(bool IsUser, string Id)
{
    /// <summary>"user" or "item".</summary>
    public string Kind => IsUser ? "user" : "item";

    /// <summary>The event that says so.</summary>
    public Event Event(string eventId, DateTimeOffset now) => IsUser
        ? new() { UserErasure = new() { EventId = eventId, UserId = Id, Time = Timestamp.FromDateTimeOffset(now) } }
        : new() { ItemDeletion = new() { EventId = eventId, ItemId = Id, Time = Timestamp.FromDateTimeOffset(now) } };

    /// <summary>What to ask the GraphBuilder.</summary>
    public FollowErasureRequest Request(bool dryRun) => IsUser ? new() { UserId = Id, DryRun = dryRun } : new() { ItemId = Id, DryRun = dryRun };
}
