namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>The records that the broker holds of a partition.</summary>
/// <param name="Low">Offset of the oldest.</param>
/// <param name="High">Offset after the newest.</param>
internal readonly record struct LogRange(long Low, long High);
