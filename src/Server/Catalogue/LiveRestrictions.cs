namespace Rearm.Streaming.Server.Catalogue;

/// <summary>What the GraphBuilder says must take effect at once, without training.</summary>
/// <param name="IsKnown">Whether Redis holds any live state.</param>
/// <param name="HiddenItems">Items that must not be recommended now.</param>
/// <param name="ErasedUsers">Hashes of the users erased since the generation's snapshot was cut.</param>
internal sealed record LiveRestrictions(bool IsKnown, HashSet<string> HiddenItems, HashSet<string> ErasedUsers)
{
    /// <summary>Nothing is known.</summary>
    public static LiveRestrictions None { get; } = new(false, [], []);

    /// <inheritdoc/>
    public bool Equals(LiveRestrictions? other) =>
        other is not null && IsKnown == other.IsKnown && HiddenItems.SetEquals(other.HiddenItems) && ErasedUsers.SetEquals(other.ErasedUsers);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsKnown, HiddenItems.Count, ErasedUsers.Count);
}
