using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>Splits a request's body into the JSON of its events.</summary>
internal static class EventBody
{
    /// <summary>Lines of NDJSON in one body. Each gets a result, so a line of two bytes costs a hundred in the answer.</summary>
    public const int MaxLines = 100_000;

    /// <summary>Bytes of a line: enough for the largest item, whose 8 vectors of 8192 numbers are about 1 MiB as text.</summary>
    public const int MaxLineBytes = 4 << 20;

    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>The events of a JSON document: one object, or an array of them.</summary>
    /// <exception cref="InvalidRequestException">Not JSON or not UTF-8: says where.</exception>
    /// <exception cref="BodyTooLargeException">More than <paramref name="maxEvents"/>.</exception>
    public static async Task<IReadOnlyList<BodyEvent>> ReadJsonAsync(Stream body, int maxEvents, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await body.CopyToAsync(buffer, cancellationToken);
        var root = Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), 1, out var problem);
        if (problem is not null)
            throw new InvalidRequestException($"The body is not JSON: {problem}");
        if (root.ValueKind != JsonValueKind.Array)
            return [new("event 0", root)];
        if (root.GetArrayLength() > maxEvents)
            throw new BodyTooLargeException($"{root.GetArrayLength()} events in one array; at most {maxEvents}. Send more as NDJSON, one a line.");
        return [.. root.EnumerateArray().Select((json, i) => new BodyEvent($"event {i}", json))];
    }

    /// <summary>The events of NDJSON, one per line.</summary>
    /// <exception cref="BodyTooLargeException">More than <see cref="MaxLines"/>, or one longer than <see cref="MaxLineBytes"/>.</exception>
    public static async IAsyncEnumerable<BodyEvent> ReadNdjsonAsync(PipeReader body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (line, text) in ReadLinesAsync(body, cancellationToken))
            yield return new($"line {line}", Parse(text, line, out var problem), problem);
    }

    /// <summary>The lines of a body, numbered from 1, without the blanks around them; empty ones are skipped.</summary>
    /// <exception cref="BodyTooLargeException">More than <see cref="MaxLines"/>, or one longer than <see cref="MaxLineBytes"/>.</exception>
    public static async IAsyncEnumerable<(int Line, ReadOnlyMemory<byte> Text)> ReadLinesAsync(PipeReader body, [EnumeratorCancellation] CancellationToken cancellationToken)
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
                    if (Line(buffer.Slice(0, end), ++line) is { IsEmpty: false } text)
                        yield return (line, text);
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    searched = 0;
                }
                searched = buffer.Length;
                if (read.IsCompleted || searched > MaxLineBytes)
                {
                    if (Line(buffer, ++line) is { IsEmpty: false } text)
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

    private static ReadOnlyMemory<byte> Line(ReadOnlySequence<byte> text, int line)
    {
        if (text.Length > MaxLineBytes)
            throw new BodyTooLargeException($"Line {line} is longer than {MaxLineBytes} bytes.");
        if (line > MaxLines && !text.IsEmpty)
            throw new BodyTooLargeException($"The body has more than {MaxLines} lines; send it in parts.");
        return new ReadOnlyMemory<byte>(text.ToArray()).Trim(" \t\r"u8);
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> text, int line, out string? problem)
    {
        if (line == 1 && text.Span.StartsWith(ByteOrderMark))
            text = text[ByteOrderMark.Length..];
        problem = Utf8Check.Problem(text.Span, line);
        if (problem is not null)
            return default;
        try
        {
            return JsonElement.Parse(text.Span);
        }
        catch (JsonException e)
        {
            // Its own message ends with the place, counted from 0 and from the line's beginning.
            problem = $"{e.Message.Split(" LineNumber:")[0]} (line {line + (e.LineNumber ?? 0)}, byte {(e.BytePositionInLine ?? 0) + 1})";
            return default;
        }
    }
}
