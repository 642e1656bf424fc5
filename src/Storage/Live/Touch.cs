namespace Rearm.Streaming.Storage.Live;

/// <summary>An item that a user touched.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Time">When it was touched last, Unix milliseconds.</param>
public readonly record struct Touch(string ItemId, double Time);
