using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.GraphBuilder.Erasures;

/// <summary>Who or what is to be forgotten.</summary>
/// <param name="IsUser">A user; otherwise an item.</param>
/// <param name="Id">Its id.</param>
internal sealed record ErasureSubject(bool IsUser, string Id)
{
    /// <summary>"user" or "item".</summary>
    public string Kind => IsUser ? "user" : "item";

    /// <exception cref="InvalidRequestException">There is not exactly one id, or it is no valid one.</exception>
    public static ErasureSubject Of(FollowErasureRequest request)
    {
        if (request.UserId.Length > 0 == request.ItemId.Length > 0)
            throw new InvalidRequestException("user_id, item_id: exactly one of them is needed");
        var subject = request.UserId.Length > 0 ? new ErasureSubject(true, request.UserId) : new(false, request.ItemId);
        return EventRules.CheckId($"{subject.Kind}_id", subject.Id, EventRules.MaxIdBytes) is { } violation
            ? throw new InvalidRequestException(violation.ToString())
            : subject;
    }
}
