using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Datasets;

/// <summary>Reads the items' token sequences: real numbers, items x tokens x width, and a mask.</summary>
internal static class TokenFile
{
    /// <summary>Reads a file and its mask.</summary>
    /// <param name="path">The tokens.</param>
    /// <param name="maskPath">Items x tokens, 1 where there is a token and 0 where not; null: all are there.</param>
    /// <param name="name">The modality's.</param>
    /// <exception cref="DatasetException">Damaged, of another shape, or with a number that is not finite.</exception>
    public static ModalityTokens Read(string path, string? maskPath, string name)
    {
        var header = NpyFile.ReadHeader(path);
        var (items, tokens) = (header.Shape[0], header.Shape[1]);
        if (tokens == 0)
            throw new DatasetException($"{path} has shape {header.ShapeText}: no tokens. At least one an item is needed, masked or not.");
        var (dimension, rows) = NpyFile.ReadRows(path, dimensions: 3);
        FeatureFiles.RequireWidth(path, dimension);
        if (maskPath is not null)
        {
            var (maskItems, maskTokens, mask) = NpyFile.ReadFlags(maskPath);
            if ((maskItems, maskTokens) != (items, tokens))
                throw new DatasetException(
                    $"{maskPath} has shape ({maskItems}, {maskTokens}) and {path} has {header.ShapeText}; a mask of shape ({items}, {tokens}) is needed.");
            for (var row = 0; row < rows.Length; row++)
                if (!mask[row])
                    rows[row] = default;
        }
        var vectors = new ModalityFeatures(name, dimension, rows);
        FeatureFiles.RequireFinite(path, vectors, row => $"item {row / tokens}, token {row % tokens}");
        return new((int)tokens, vectors);
    }
}
