using System.Text;

namespace Rearm.Streaming.Datasets.Text;

/// <summary>Encodings that throw at invalid bytes.</summary>
internal static class TextEncodings
{
    /// <summary>UTF-8; a byte order mark is skipped.</summary>
    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>The encoding of a name, e.g. "utf-8", "windows-1252" or "gb18030".</summary>
    /// <exception cref="DatasetException">There is none of that name.</exception>
    public static Encoding Named(string name)
    {
        try
        {
            return Strict(CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new DatasetException($"There is no encoding \"{name}\"; such as utf-8, windows-1252, iso-8859-1, utf-16, gb18030 or shift_jis is needed.", e);
        }
    }

    /// <summary>The encoding that a file's first bytes are the mark of; null if there is no mark.</summary>
    public static Encoding? Marked(ReadOnlySpan<byte> start) => start switch
    {
        [0xEF, 0xBB, 0xBF, ..] => Utf8,
        [0xFF, 0xFE, 0, 0, ..] => Strict(Encoding.UTF32),
        [0xFF, 0xFE, ..] => Strict(Encoding.Unicode),
        [0xFE, 0xFF, ..] => Strict(Encoding.BigEndianUnicode),
        _ => null,
    };

    private static Encoding Strict(Encoding encoding)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = DecoderFallback.ExceptionFallback;
        return strict;
    }
}
