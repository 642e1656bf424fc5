namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>The items' raw vectors in one modality: a reference per item, so that their number and width are bounded by memory alone.</summary>
public sealed class ModalityFeatures
{
    private readonly ItemVector[] _rows;

    /// <summary>Takes the vectors; the array is not copied and must not change any more.</summary>
    /// <param name="name">E.g. "image".</param>
    /// <param name="dimension">Width of a vector.</param>
    /// <param name="rows">Per item its vector, or the default value.</param>
    /// <exception cref="ContractException">A vector has another width.</exception>
    public ModalityFeatures(string name, int dimension, ItemVector[] rows)
    {
        (Name, Dimension, _rows, Present) = (name, dimension, rows, new bool[rows.Length]);
        for (var item = 0; item < rows.Length; item++)
        {
            Present[item] = rows[item].IsPresent;
            if (Present[item] && rows[item].Dimension != dimension)
                throw new ContractException($"Item {item}'s vector in modality {name} has {rows[item].Dimension} numbers; {dimension} are needed.");
        }
    }

    /// <summary>E.g. "image".</summary>
    public string Name { get; }

    /// <summary>Width of a vector.</summary>
    public int Dimension { get; }

    /// <summary>Number of items, with and without a vector.</summary>
    public int Items => _rows.Length;

    /// <summary>Whether each item has a vector. Not to be written to.</summary>
    public bool[] Present { get; }

    /// <summary>The vector of an item as it is kept.</summary>
    public ItemVector this[int item] => _rows[item];

    /// <summary>Features kept in single precision, exactly as given.</summary>
    /// <param name="name">E.g. "image".</param>
    /// <param name="dimension">Width of a vector.</param>
    /// <param name="values">Row-major, items x <paramref name="dimension"/>; copied.</param>
    /// <param name="present">Whether each item has a vector.</param>
    /// <exception cref="ContractException">The lengths do not fit together.</exception>
    public static ModalityFeatures FromFloats(string name, int dimension, ReadOnlySpan<float> values, ReadOnlySpan<bool> present)
    {
        if (values.Length != (long)present.Length * dimension)
            throw new ContractException($"Modality {name} has {values.Length} numbers; {present.Length} items of width {dimension} need {(long)present.Length * dimension}.");
        var rows = new ItemVector[present.Length];
        for (var item = 0; item < rows.Length; item++)
            if (present[item])
                rows[item] = ItemVector.Exact(values.Slice(item * dimension, dimension).ToArray());
        return new(name, dimension, rows);
    }

    /// <summary>Writes the vector of <paramref name="item"/> in single precision; zeros if it has none.</summary>
    /// <param name="item">The item.</param>
    /// <param name="destination">As wide as a vector.</param>
    /// <exception cref="ArgumentException">It has another width.</exception>
    public void CopyRow(int item, Span<float> destination) => _rows[item].CopyTo(destination);

    /// <summary>A copy of the vector of <paramref name="item"/> in single precision; zeros if it has none.</summary>
    public float[] ToFloats(int item)
    {
        var values = new float[Dimension];
        CopyRow(item, values);
        return values;
    }
}
