using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>Splits a request's body into the JSON texts of its events.</summary>
internal static class EventBody
{
    /// <summary>Lines of NDJSON in one body. Each gets a result, so a line of two bytes costs a hundred in the answer.</summary>
    public const int MaxLines = 100_000;

    /// <summary>Bytes of a line: enough for the largest item, whose 8 vectors of 8192 numbers are about 1 MiB as text.</summary>
    public const int MaxLineBytes = 4 << 20;

    /// <summary>The texts of a JSON document: one object, or an array of them.</summary>
    /// <exception cref="JsonException">Not JSON: says where.</exception>
    /// <exception cref="BodyTooLargeException">More than <paramref name="maxEvents"/>.</exception>
    public static async Task<IReadOnlyList<string>> ReadJsonAsync(Stream body, int maxEvents, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Array)
            return [root.GetRawText()];
        if (root.GetArrayLength() > maxEvents)
            throw new BodyTooLargeException($"{root.GetArrayLength()} events in one array; at most {maxEvents}. Send more as NDJSON, one a line.");
        return [.. root.EnumerateArray().Select(e => e.GetRawText())];
    }

    /// <summary>The texts of NDJSON, one per line, with the line's number from 1; empty lines are skipped.</summary>
    /// <exception cref="BodyTooLargeException">More than <see cref="MaxLines"/>, or one longer than <see cref="MaxLineBytes"/>.</exception>
    public static async IAsyncEnumerable<(int Line, string Json)> ReadLinesAsync(PipeReader body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var line = 0;
        // Bytes of the unfinished line already searched for its end, not to be searched again with every read.
        var searched = 0L;
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            try
            {
                while (buffer.Slice(searched).PositionOf((byte)'\n') is { } end)
                {
                    if (Text(buffer.Slice(0, end), ++line) is { Length: > 0 } text)
                        yield return (line, text);
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    searched = 0;
                }
                searched = buffer.Length;
                if (read.IsCompleted || searched > MaxLineBytes)
                {
                    if (Text(buffer, ++line) is { Length: > 0 } text)
                        yield return (line, text);
                    yield break;
                }
            }
            finally
            {
                body.AdvanceTo(buffer.Start, buffer.End);
            }
        }
    }

    private static string Text(ReadOnlySequence<byte> text, int line)
    {
        if (text.Length > MaxLineBytes)
            throw new BodyTooLargeException($"Line {line} is longer than {MaxLineBytes} bytes.");
        if (line > MaxLines && !text.IsEmpty)
            throw new BodyTooLargeException($"The body has more than {MaxLines} lines; send it in parts.");
        return Encoding.UTF8.GetString(text).Trim();
    }
}
