namespace Rearm.Streaming.Storage.Live;

/// <summary>An item that a user touched.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Time">When it was touched last, Unix milliseconds.</param>
/// <param name="IsNegative">The user does not want it: it says nothing about what the user likes.</param>
public readonly record struct Touch(string ItemId, double Time, bool IsNegative);
