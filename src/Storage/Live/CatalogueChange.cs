namespace Rearm.Streaming.Storage.Live;

/// <summary>What a Server must know of an item now.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Entry">A <see cref="Contracts.V1.CatalogueItem"/>, as stored; null if there is nothing to know of it any more.</param>
public readonly record struct CatalogueChange(string ItemId, byte[]? Entry);
