using Rearm.Streaming.Client;

namespace Rearm.Streaming.Cli.Replay;

/// <summary>The outcome of a replay.</summary>
/// <param name="Items">Of the items' descriptions.</param>
/// <param name="Interactions">Of the interactions.</param>
/// <param name="Duration">How long it took.</param>
public sealed record ReplaySummary(SendSummary Items, SendSummary Interactions, TimeSpan Duration);
