using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Datasets;

/// <summary>What the feature files of a folder have of the items.</summary>
/// <param name="Vectors">One vector per item; modalities in ordinal order of name, all with the same number of rows.</param>
/// <param name="Tokens">The token sequences of those modalities whose vectors are means of tokens.</param>
internal sealed record ItemFeatures(IReadOnlyList<ModalityFeatures> Vectors, IReadOnlyList<ModalityTokens> Tokens)
{
    /// <summary>Number of items; null without features.</summary>
    public int? Items => Vectors.Count > 0 ? Vectors[0].Items : null;
}
