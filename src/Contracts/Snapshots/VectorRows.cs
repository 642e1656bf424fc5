namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>Some items' vectors as bytes: the form of each (<see cref="VectorForm"/>, one byte), then those that there are, one behind the other.</summary>
internal static class VectorRows
{
    /// <summary>Bytes that the items from <paramref name="first"/> on take.</summary>
    public static int LengthOf(ModalityFeatures features, int first, int count)
    {
        long length = count;
        for (var item = first; item < first + count; item++)
            length += features[item].Bytes.Length;
        return checked((int)length);
    }

    /// <summary>Writes the items from <paramref name="first"/> on.</summary>
    public static void Write(ModalityFeatures features, int first, int count, Span<byte> destination)
    {
        var rest = destination[count..];
        for (var item = 0; item < count; item++)
        {
            var vector = features[first + item];
            destination[item] = (byte)vector.Form;
            vector.Bytes.CopyTo(rest);
            rest = rest[vector.Bytes.Length..];
        }
    }

    /// <summary>Reads as many items as <paramref name="rows"/> has places.</summary>
    /// <param name="name">The section, for error messages.</param>
    /// <param name="dimension">Width of a vector.</param>
    /// <param name="bytes">What <see cref="Write"/> gave.</param>
    /// <param name="rows">Receives the vectors.</param>
    /// <exception cref="ContractException">The bytes are not the vectors of so many items.</exception>
    public static void Read(string name, int dimension, ReadOnlySpan<byte> bytes, Span<ItemVector> rows)
    {
        if (dimension < 0 || bytes.Length < rows.Length)
            throw new ContractException($"Section {name} does not fit together: {bytes.Length} bytes for {rows.Length} items of width {dimension}.");
        var left = bytes[rows.Length..];
        for (var item = 0; item < rows.Length; item++)
        {
            var form = (VectorForm)bytes[item];
            var length = form switch { VectorForm.Half => 2L * dimension, VectorForm.Full => 4L * dimension, _ => 0 };
            if (length > left.Length)
                throw new ContractException($"Section {name} is truncated: item {item} of {rows.Length} in a chunk needs {length} bytes, {left.Length} are left.");
            rows[item] = ItemVector.Read(form, left[..(int)length]);
            left = left[(int)length..];
        }
        if (!left.IsEmpty)
            throw new ContractException($"Section {name} does not fit together: {left.Length} bytes are left behind {rows.Length} items of width {dimension}.");
    }
}
