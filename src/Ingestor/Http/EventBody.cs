using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>Splits a request's body into the JSON texts of its events.</summary>
internal static class EventBody
{
    /// <summary>The texts of a JSON document: one object, or an array of them.</summary>
    /// <exception cref="JsonException">Not JSON: says where.</exception>
    public static async Task<IReadOnlyList<string>> ReadJsonAsync(Stream body, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        return document.RootElement.ValueKind == JsonValueKind.Array
            ? [.. document.RootElement.EnumerateArray().Select(e => e.GetRawText())]
            : [document.RootElement.GetRawText()];
    }

    /// <summary>The texts of NDJSON, one a line, with the line's number from 1; empty lines are skipped.</summary>
    public static async IAsyncEnumerable<(int Line, string Json)> ReadLinesAsync(PipeReader body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var line = 0;
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                line++;
                if (Text(buffer.Slice(0, end)) is { Length: > 0 } text)
                    yield return (line, text);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }
            if (read.IsCompleted)
            {
                if (Text(buffer) is { Length: > 0 } text)
                    yield return (line + 1, text);
                body.AdvanceTo(buffer.End);
                yield break;
            }
            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static string Text(ReadOnlySequence<byte> line) => Encoding.UTF8.GetString(line).Trim();
}
