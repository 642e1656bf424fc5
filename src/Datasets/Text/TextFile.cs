using System.IO.Compression;
using System.Text;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Datasets.Text;

/// <summary>
/// A text file, gzipped if its name ends in .gz. Bytes that are not its encoding's are an error: a character put in their place would join different ids.
/// </summary>
internal sealed class TextFile
{
    private TextFile(string path, Encoding encoding) => (Path, Encoding) = (path, encoding);

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>Its encoding, which throws at invalid bytes.</summary>
    public Encoding Encoding { get; }

    /// <summary>The encoding's usual name, e.g. "UTF-8".</summary>
    public string EncodingName => NameOf(Encoding);

    /// <summary>Looks at a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="encoding">Its encoding's name; null for UTF-8, or what the byte order mark says.</param>
    /// <exception cref="DatasetException">It can't be opened, there is no such encoding, or the file is marked as being in another.</exception>
    public static TextFile Find(string path, string? encoding) => Guarded(path, () =>
    {
        using var bytes = OpenBytes(path);
        Span<byte> start = stackalloc byte[4];
        var marked = TextEncodings.Marked(start[..bytes.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)]);
        var named = encoding is null ? null : TextEncodings.Named(encoding);
        if (marked is not null && named is not null && marked.CodePage != named.CodePage)
            throw new DatasetException($"{path} begins with the mark of {NameOf(marked)}; --encoding says {encoding}. Leave it out.");
        return new TextFile(path, named ?? marked ?? TextEncodings.Utf8);
    });

    /// <summary>Reads it from the beginning.</summary>
    /// <exception cref="DatasetException">It can't be read; or bytes are not of the encoding: names line, column and byte.</exception>
    /// <param name="read">Reads it.</param>
    /// <param name="progress">Asked once; told of bytes read, as they are on the disk.</param>
    public T Read<T>(Func<StreamReader, T> read, ProgressOf? progress = null) => Guarded(Path, () =>
    {
        try
        {
            // Without detection, which would take an encoding that puts U+FFFD in the place of invalid bytes.
            using var reader = new StreamReader(OpenBytes(Path, progress), Encoding, detectEncodingFromByteOrderMarks: false, 1 << 16);
            return read(reader);
        }
        catch (DecoderFallbackException e)
        {
            throw new DatasetException(InvalidBytes(), e);
        }
    });

    /// <summary>The first line that is not empty; null if there is none.</summary>
    /// <exception cref="DatasetException">As for <see cref="Read"/>.</exception>
    public string? FirstLine() => Read(reader =>
    {
        while (reader.ReadLine() is { } line)
            if (line.Length > 0)
                return line;
        return null;
    });

    // Reads again, a byte at a time: only then does the decoder say where it is.
    private string InvalidBytes()
    {
        using var bytes = new BufferedStream(OpenBytes(Path), 1 << 16);
        var decoder = Encoding.GetDecoder();
        Span<char> characters = stackalloc char[4];
        var (line, column) = (1, 1);
        for (var next = bytes.ReadByte(); next >= 0; next = bytes.ReadByte())
        {
            try
            {
                foreach (var character in characters[..decoder.GetChars([(byte)next], characters, flush: false)])
                    if (character == '\n')
                        (line, column) = (line + 1, 1);
                    else if (character != '\uFEFF')
                        column++;
            }
            catch (DecoderFallbackException e)
            {
                var unknown = string.Join(' ', (e.BytesUnknown ?? [(byte)next]).Select(b => $"0x{b:X2}"));
                return $"{Path}, line {line}, column {column}: {unknown} is not {EncodingName}. {Advice}";
            }
        }
        return $"{Path} ends inside a character of {EncodingName}, on line {line}, column {column}. {Advice}";
    }

    private static string NameOf(Encoding encoding) =>
        encoding.WebName.StartsWith("utf", StringComparison.Ordinal) ? encoding.WebName.ToUpperInvariant() : encoding.WebName;

    private static string Advice =>
        "Name the file's encoding (--encoding windows-1252 for many files from Windows, gb18030 for Chinese ones), or save it as UTF-8.";

    private static Stream OpenBytes(string path, ProgressOf? progress = null)
    {
        Stream file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        if (progress is not null)
            file = new ReportedStream(file, progress($"Reading {path}", "bytes", file.Length));
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }

    private static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path} can't be read: {e.Message}", e);
        }
    }
}
