using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>An item's vector in one modality.</summary>
/// <param name="Modality">Its name.</param>
/// <param name="Vector">The vector, which snapshots share.</param>
internal readonly record struct ItemFeature(string Modality, ItemVector Vector);
