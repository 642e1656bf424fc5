using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>Takes the items of a generation that follow those taken before.</summary>
/// <param name="chunk">Ids and catalogue data, verified; without the vectors.</param>
/// <param name="vectors">The vectors: row-major float32, little endian. They are gone afterwards.</param>
public delegate void TakeItems(ItemChunk chunk, ReadOnlySpan<byte> vectors);
