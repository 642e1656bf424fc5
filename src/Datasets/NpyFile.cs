using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Datasets;

/// <summary>Reads matrices of numbers from .npy files: little endian, C order, int32/int64 or float16/float32/float64.</summary>
internal static class NpyFile
{
    // A multiple of every element size.
    private const int ChunkBytes = 1 << 20;

    /// <summary>Reads a matrix of whole numbers.</summary>
    /// <exception cref="DatasetException">Another type or shape, damaged, or a number beyond 32 bits.</exception>
    public static (int Rows, int Columns, int[] Values) ReadIntegers(string path)
    {
        using var file = Open(path);
        var (header, rows, columns) = ReadMatrixHeader(file, path);
        var values = new int[rows * columns];
        switch (header.Type)
        {
            case "<i4":
                Read<int>(file, path, header, values.Length, (chunk, at) => chunk.CopyTo(values.AsSpan(at)));
                break;
            case "<i8":
                Read<long>(file, path, header, values.Length, (chunk, at) =>
                {
                    for (var i = 0; i < chunk.Length; i++)
                        values[at + i] = chunk[i] is >= int.MinValue and <= int.MaxValue
                            ? (int)chunk[i]
                            : throw new DatasetException(
                                $"{path} has {chunk[i]} at row {(at + i) / columns}, column {(at + i) % columns}; ids are dense, from 0, and fit in 32 bits. "
                                + "Number users and items anew.");
                });
                break;
            default:
                throw new DatasetException($"{path} holds elements of type {header.Type}; int32 (<i4) or int64 (<i8) is needed.");
        }
        return (rows, columns, values);
    }

    /// <summary>Reads a matrix of zeros and ones: bool, uint8, int32 or int64.</summary>
    /// <exception cref="DatasetException">Another type or shape, damaged, or another number.</exception>
    public static (int Rows, int Columns, bool[] Values) ReadFlags(string path)
    {
        var (rows, columns, values) = ReadHeader(path).Type is "|b1" or "|u1" ? ReadBytes(path) : ReadIntegers(path);
        return (rows, columns, [.. values.Select((value, at) => value is 0 or 1
            ? value == 1
            : throw new DatasetException($"{path} has {value} at row {at / columns}, column {at % columns}; 0 or 1 is needed."))]);
    }

    /// <summary>Reads the rows of a matrix of real numbers, each an array of its own, in the file's precision (float64 as float32).</summary>
    /// <param name="path">The file.</param>
    /// <param name="dimensions">Of the array; with more than two, the rows of one matrix follow those of the one before.</param>
    /// <exception cref="DatasetException">Another type or shape, or damaged.</exception>
    public static (int Columns, ItemVector[] Rows) ReadRows(string path, int dimensions = 2)
    {
        using var file = Open(path);
        var (header, rows, columns) = ReadMatrixHeader(file, path, atOnce: false, dimensions);
        var vectors = new ItemVector[rows];
        using var buffered = new BufferedStream(file, ChunkBytes);
        switch (header.Type)
        {
            case "<f2":
                ReadRows<Half>(buffered, path, header, columns, vectors, row => ItemVector.Exact(row.ToArray()));
                break;
            case "<f4":
                ReadRows<float>(buffered, path, header, columns, vectors, row => ItemVector.Exact(row.ToArray()));
                break;
            case "<f8":
                ReadRows<double>(buffered, path, header, columns, vectors, row => ItemVector.Exact(Array.ConvertAll(row.ToArray(), v => (float)v)));
                break;
            default:
                throw new DatasetException($"{path} holds elements of type {header.Type}; float16 (<f2), float32 (<f4) or float64 (<f8) is needed.");
        }
        return (columns, vectors);
    }

    /// <summary>Reads only the header.</summary>
    public static NpyHeader ReadHeader(string path)
    {
        using var file = Open(path);
        return NpyHeader.Read(file, path);
    }

    private static (int Rows, int Columns, int[] Values) ReadBytes(string path)
    {
        using var file = Open(path);
        var (header, rows, columns) = ReadMatrixHeader(file, path);
        var values = new int[rows * columns];
        Read<byte>(file, path, header, values.Length, (chunk, at) =>
        {
            for (var i = 0; i < chunk.Length; i++)
                values[at + i] = chunk[i];
        });
        return (rows, columns, values);
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path} can't be read: {e.Message}", e);
        }
    }

    private static (NpyHeader Header, int Rows, int Columns) ReadMatrixHeader(FileStream file, string path, bool atOnce = true, int dimensions = 2)
    {
        var header = NpyHeader.Read(file, path);
        if (header.FortranOrder)
            throw new DatasetException($"{path} is in Fortran order (columns first); save it with numpy.ascontiguousarray.");
        if (header.Shape.Length != dimensions)
            throw new DatasetException($"{path} has shape {header.ShapeText}; {(dimensions == 2 ? "two" : "three")} dimensions are needed.");
        var (columns, count) = (header.Shape[^1], header.Shape[..^1].Aggregate((Int128)1, (product, length) => product * length));
        var rows = count <= Array.MaxLength ? (long)count : throw TooMany();
        if ((atOnce && columns > 0 && rows > Array.MaxLength / columns) || columns > Array.MaxLength)
            throw TooMany();
        // Checked before anything is allocated for it.
        var needed = (Int128)rows * columns * ElementBytes(header.Type);
        if (file.Length - file.Position != needed)
            throw new DatasetException(
                $"{path} is damaged: {file.Length - file.Position} bytes follow its header; shape {header.ShapeText} of {header.Type} takes {needed}. "
                + "Save it again with numpy.save, or copy it again.");
        return (header, (int)rows, (int)columns);

        DatasetException TooMany() => new($"{path} has shape {header.ShapeText}: more than {Array.MaxLength} numbers do not fit in memory at once.");

        long ElementBytes(string type) => type switch
        {
            "|b1" or "|u1" => 1,
            "<f2" => 2,
            "<i4" or "<f4" => 4,
            "<i8" or "<f8" => 8,
            _ => throw new DatasetException($"{path} holds elements of type {type}; little-endian int32 (<i4), int64 (<i8), float16 (<f2), float32 (<f4) or float64 (<f8) can be read."),
        };
    }

    private delegate ItemVector Keep<T>(ReadOnlySpan<T> row);

    private delegate void Take<T>(ReadOnlySpan<T> chunk, int at);

    private static void Read<T>(FileStream file, string path, NpyHeader header, int count, Take<T> take) where T : unmanaged
    {
        var buffer = new T[Math.Min(count, ChunkBytes / Marshal.SizeOf<T>())];
        for (var at = 0; at < count; at += buffer.Length)
        {
            var chunk = buffer.AsSpan(0, Math.Min(buffer.Length, count - at));
            Fill(file, path, header, MemoryMarshal.AsBytes(chunk));
            take(chunk, at);
        }
    }

    private static void ReadRows<T>(BufferedStream file, string path, NpyHeader header, int columns, ItemVector[] rows, Keep<T> keep) where T : unmanaged
    {
        var buffer = new T[columns];
        for (var row = 0; row < rows.Length; row++)
        {
            Fill(file, path, header, MemoryMarshal.AsBytes(buffer.AsSpan()));
            rows[row] = keep(buffer);
        }
    }

    private static void Fill(Stream file, string path, NpyHeader header, Span<byte> bytes)
    {
        try
        {
            file.ReadExactly(bytes);
        }
        catch (EndOfStreamException e)
        {
            throw new DatasetException(
                $"{path} became shorter while it was read; shape {header.ShapeText} of {header.Type} was promised. "
                + "Wait until it has been written, then try again.", e);
        }
    }
}
