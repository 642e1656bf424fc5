namespace Rearm.Streaming.Contracts.Events;

/// <summary>A rule of events.proto that an event breaks.</summary>
/// <param name="Field">The field, e.g. "user_id" or "features[image]".</param>
/// <param name="Reason">What is wrong, with the value and the limit.</param>
public sealed record Violation(string Field, string Reason)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Field}: {Reason}";
}
