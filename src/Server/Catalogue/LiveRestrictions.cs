using System.Collections.Immutable;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// What the GraphBuilder says must take effect at once, without training. Sets that are equal are the same ones: nothing is compared item by item.
/// </summary>
/// <param name="IsKnown">Whether Redis holds any live state.</param>
/// <param name="HiddenItems">Items that must not be recommended now.</param>
/// <param name="ErasedUsers">Hashes of the users erased since the generation's snapshot was cut.</param>
internal sealed record LiveRestrictions(bool IsKnown, ImmutableHashSet<string> HiddenItems, HashSet<string> ErasedUsers)
{
    /// <summary>Nothing is known.</summary>
    public static LiveRestrictions None { get; } = new(false, [], []);
}
