using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>A generation as it is in Redis, every part verified against the manifest. Its users stay there.</summary>
/// <param name="Manifest">What the publisher said about it.</param>
/// <param name="ManifestBytes">The manifest as stored: what identifies this generation, even where numbers are counted from one again.</param>
/// <param name="Items">The items' ids, vectors and catalogue data; none where they were given away.</param>
public sealed record StoredGeneration(GenerationManifest Manifest, byte[] ManifestBytes, IReadOnlyList<ItemChunk> Items)
{
    /// <summary>What makes users' vectors from what they touched; null: they are learned.</summary>
    public UserEncoderWeights? UserEncoder { get; init; }

    /// <summary>What makes items' vectors from their features; null: they are learned.</summary>
    public ItemEncoderWeights? ItemEncoder { get; init; }
}
