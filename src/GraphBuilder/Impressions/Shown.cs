using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>A record of the impressions.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="Time">When it was written, Unix milliseconds.</param>
/// <param name="Impression">What it says; null if it can't be read.</param>
internal readonly record struct Shown(long Offset, long Time, Impression? Impression);
