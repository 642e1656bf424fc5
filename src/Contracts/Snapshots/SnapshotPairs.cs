namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>Which user had touched which item when a snapshot was cut.</summary>
/// <param name="UserIds">External id of each user.</param>
/// <param name="ItemIds">External id of each item.</param>
/// <param name="Touched">Users to their items, ascending, without values.</param>
public sealed record SnapshotPairs(string[] UserIds, string[] ItemIds, SparseRows Touched);
