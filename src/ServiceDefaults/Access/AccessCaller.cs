using Microsoft.AspNetCore.Http;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>Who makes a call, and what that caller may do. Asked anew each time, so that a key taken back ends a stream that began with it.</summary>
public sealed class AccessCaller
{
    private readonly AccessKeys? _keys;
    private readonly byte[] _hash;

    internal AccessCaller(AccessKeys? keys, byte[] hash) => (_keys, _hash) = (keys, hash);

    /// <summary>A caller of a service that asks for no keys: may do everything.</summary>
    public static AccessCaller Anybody { get; } = new(null, []);

    /// <summary>The caller of a request.</summary>
    public static AccessCaller Of(HttpContext context) => context.Features.Get<AccessCaller>() ?? Anybody;

    /// <summary>Takes events from the caller's allowance.</summary>
    /// <exception cref="LimitException">The caller has sent too many; says when to try again.</exception>
    /// <exception cref="InvalidRequestException">More than the caller may ever send at once.</exception>
    /// <exception cref="UnauthenticatedException">The key has been taken back.</exception>
    public void TakeEvents(int events)
    {
        if (Key() is { } key && key.TryTakeEvents(events) is { } refusal)
            throw Counted(refusal, key);
    }

    /// <summary>Takes calls for answers from the caller's allowance. Allocates nothing unless it refuses.</summary>
    /// <param name="calls">How many, at most <see cref="AccessKeyOptions.SmallestCallBurst"/>.</param>
    /// <returns>The caller has made too many, and when to try again; null if not.</returns>
    /// <exception cref="UnauthenticatedException">The key has been taken back.</exception>
    public LimitException? TryTakeCalls(int calls) => Key() is { } key && key.TryTakeCalls(calls) is { } refusal ? Counted(refusal, key) : null;

    /// <summary>Requires that the caller is an operator.</summary>
    /// <param name="call">What is asked for, as a noun: "A user erasure".</param>
    /// <exception cref="PermissionException">The caller is none.</exception>
    /// <exception cref="UnauthenticatedException">The key has been taken back.</exception>
    public void RequireOperator(string call)
    {
        if (Key() is not { IsOperator: false } key)
            return;
        _keys!.Metrics.NotOperator(key.Name);
        throw new PermissionException($"{call} needs an operator's key, and that of {key.Name} is none ({AccessOptions.Section}:{nameof(AccessOptions.Keys)}:{key.Name}:{nameof(AccessKeyOptions.Operator)}).");
    }

    private LimitException Counted(LimitException refusal, AccessKey key)
    {
        _keys!.Metrics.Limit(key.Name);
        return refusal;
    }

    // Null where no keys are asked for.
    private AccessKey? Key()
    {
        if (_keys is null)
            return null;
        if (_keys.Find(_hash) is { } key)
            return key;
        _keys.Metrics.UnknownKey();
        throw new UnauthenticatedException("The API key is not known any more; ask the operator for another.");
    }
}
