namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>
/// The items' token sequences in one modality, e.g. the last hidden states of a text encoder. Snapshots have none: they have one vector per item.
/// </summary>
public sealed class ModalityTokens
{
    /// <param name="perItem">Tokens of an item at most.</param>
    /// <param name="rows">Token t of item i is row i x <paramref name="perItem"/> + t; a token that is masked has no vector.</param>
    /// <exception cref="ContractException">The rows are not whole items.</exception>
    public ModalityTokens(int perItem, ModalityFeatures rows)
    {
        if (perItem < 1 || rows.Items % perItem != 0)
            throw new ContractException($"Modality {rows.Name} has {rows.Items} rows of tokens; a multiple of {perItem}, the tokens of an item, is needed.");
        (PerItem, Rows) = (perItem, rows);
    }

    /// <summary>E.g. "text".</summary>
    public string Name => Rows.Name;

    /// <summary>Tokens of an item, those that are masked too.</summary>
    public int PerItem { get; }

    /// <summary>A row per token, those of one item behind each other.</summary>
    public ModalityFeatures Rows { get; }

    /// <summary>Number of items, with and without tokens.</summary>
    public int Items => Rows.Items / PerItem;

    /// <summary>One vector per item: the mean of its tokens. An item whose tokens are all masked has none.</summary>
    public ModalityFeatures Means() => new(Name, Rows.Dimension, [.. Enumerable.Range(0, Items).Select(Mean)]);

    private ItemVector Mean(int item)
    {
        var (sums, token) = (new double[Rows.Dimension], new float[Rows.Dimension]);
        var count = 0;
        for (var row = item * PerItem; row < (item + 1) * PerItem; row++)
        {
            if (!Rows.Present[row])
                continue;
            count++;
            Rows.CopyRow(row, token);
            for (var d = 0; d < token.Length; d++)
                sums[d] += token[d];
        }
        return count == 0 ? default : ItemVector.Exact(Array.ConvertAll(sums, sum => (float)(sum / count)));
    }
}
