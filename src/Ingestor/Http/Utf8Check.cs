using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>Finds bytes that are not UTF-8: a character put in their place would make one id of two.</summary>
internal static class Utf8Check
{
    /// <summary>What is wrong, with the place; null if nothing is.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="firstLine">The number of the line they begin on.</param>
    public static string? Problem(ReadOnlySpan<byte> text, int firstLine)
    {
        if (Utf8.IsValid(text))
            return null;
        var (line, column) = (firstLine, 1);
        while (Rune.DecodeFromUtf8(text, out var rune, out var length) == OperationStatus.Done)
        {
            (line, column) = rune.Value == '\n' ? (line + 1, 1) : (line, column + 1);
            text = text[length..];
        }
        return $"line {line}, column {column}: 0x{text[0]:X2} is not UTF-8; send the body as UTF-8";
    }
}
