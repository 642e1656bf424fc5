namespace Rearm.Streaming.Models.Training;

/// <summary>What models of embeddings have in common where hyper-parameters are searched.</summary>
internal static class EmbeddingSettings
{
    /// <summary>Where they are searched: around what papers and libraries use, wide enough that the best is rarely at an end.</summary>
    internal static IReadOnlyList<SearchRange> Ranges { get; } =
    [
        SearchRange.Choice("dimension", 32, 64, 128),
        SearchRange.Log("learning_rate", 3e-4, 3e-2),
        SearchRange.Log("decay", 1e-6, 1e-1),
        SearchRange.Choice("batch_size", 512, 1024, 2048, 4096),
    ];
}
