using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rearm.Streaming.Datasets;

/// <summary>The header of a .npy file (NumPy format 1.0 to 3.0).</summary>
/// <param name="Type">NumPy's name of the element type, e.g. "&lt;f4"; a structured type in full.</param>
/// <param name="FortranOrder">Columns first?</param>
/// <param name="Shape">Length of each dimension.</param>
internal sealed partial record NpyHeader(string Type, bool FortranOrder, long[] Shape)
{
    private const int MaxLength = 1 << 20;
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The shape as NumPy prints it.</summary>
    public string ShapeText => Shape.Length == 1 ? $"({Shape[0]},)" : $"({string.Join(", ", Shape)})";

    /// <summary>Reads the header and leaves the stream at the first number.</summary>
    /// <exception cref="DatasetException">Not a .npy file, or damaged.</exception>
    public static NpyHeader Read(Stream stream, string path)
    {
        Span<byte> start = stackalloc byte[8];
        if (stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) < start.Length || !start[..6].SequenceEqual(Magic))
            throw new DatasetException($"{path} is not a .npy file: it does not begin with \"\\x93NUMPY\". Save it with numpy.save.");
        var lengthBytes = start[6] switch
        {
            1 => 2,
            2 or 3 => 4,
            _ => throw new DatasetException($"{path} is of .npy format {start[6]}.{start[7]}; 1.0 to 3.0 can be read. Save it again with numpy.save."),
        };
        Span<byte> lengthField = stackalloc byte[4];
        lengthField.Clear();
        if (stream.ReadAtLeast(lengthField[..lengthBytes], lengthBytes, throwOnEndOfStream: false) < lengthBytes)
            throw Truncated(path);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(lengthField);
        if (length > MaxLength)
            throw new DatasetException($"{path} is damaged: its header claims {length} bytes. Save it again with numpy.save.");
        var text = new byte[length];
        if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length)
            throw Truncated(path);
        return Parse(Encoding.UTF8.GetString(text), path);
    }

    private static NpyHeader Parse(string text, string path)
    {
        // The header is a Python literal: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }
        var type = TypePattern().Match(text);
        var order = OrderPattern().Match(text);
        var shape = ShapePattern().Match(text);
        if (!type.Success || !order.Success || !shape.Success)
            throw new DatasetException($"{path} is damaged: its header is {text.Trim()}. Save it again with numpy.save.");
        var lengths = new List<long>();
        foreach (var part in shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                lengths.Add(value);
            else
                throw new DatasetException($"{path} is damaged: its shape is ({shape.Groups[1].Value}). Save it again with numpy.save.");
        return new(type.Groups[1].Value.Trim('\''), order.Groups[1].Value == "True", [.. lengths]);
    }

    private static DatasetException Truncated(string path) => new($"{path} is cut off inside its header.");

    [GeneratedRegex(@"'descr'\s*:\s*('[^']*'|\[.*?\])", RegexOptions.Singleline)]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape'\s*:\s*\(([^)]*)\)")]
    private static partial Regex ShapePattern();
}
