namespace Rearm.Streaming.Storage.Live;

/// <summary>An item that a user touched.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Time">When it was touched last, Unix milliseconds.</param>
/// <param name="IsNegative">The user does not want it: it says nothing about what the user likes.</param>
/// <param name="Types">The types of the events, a bit each (<see cref="HistoryHeader.BitsOf"/>).</param>
/// <param name="Offset">The offset of the event that made it so, in the user's partition of the log.</param>
public readonly record struct Touch(string ItemId, long Time, bool IsNegative, byte Types = 0, long Offset = 0);
