namespace Rearm.Streaming.Cli.Replay;

/// <summary>The progress of a replay.</summary>
/// <param name="Part">What is being sent: "items" or "interactions".</param>
/// <param name="Done">Events of the part that have a final answer.</param>
/// <param name="Total">Events of the part.</param>
/// <param name="Rejected">Of those done, events that break a rule.</param>
/// <param name="Retried">Retries of events of the part; an event that was retried twice counts twice.</param>
public readonly record struct ReplayProgress(string Part, long Done, long Total, long Rejected, long Retried);
