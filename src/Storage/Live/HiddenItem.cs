namespace Rearm.Streaming.Storage.Live;

/// <summary>Whether an item must not be recommended now.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="IsHidden">Whether it must not.</param>
public readonly record struct HiddenItem(string ItemId, bool IsHidden);
