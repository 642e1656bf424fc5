namespace Rearm.Streaming.Models.Training;

/// <summary>A model's parameters with the ids that their rows belong to, so that a later run can start from them.</summary>
/// <param name="UserIds">External id of each user.</param>
/// <param name="ItemIds">External id of each item.</param>
/// <param name="Parameters">The parameters.</param>
public sealed record ModelCheckpoint(string[] UserIds, string[] ItemIds, IReadOnlyList<NamedArray> Parameters);
