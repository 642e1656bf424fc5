namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>How far both logs had been joined at some time: where to read from to know what was shown since.</summary>
/// <param name="Time">The time of the newest record joined, Unix milliseconds.</param>
/// <param name="Impressions">The next record of the impressions.</param>
/// <param name="Interactions">The next record of the interactions.</param>
internal readonly record struct JoinMark(long Time, long Impressions, long Interactions);
