using System.Globalization;
using Google.Protobuf;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Events;
using Spectre.Console;

namespace Rearm.Streaming.Cli.DeadLetters;

/// <summary>Shows dead letters.</summary>
internal static class LetterText
{
    private const int BytesShown = 256;

    /// <summary>A line for each.</summary>
    public static void List(IReadOnlyList<StoredLetter> letters, IAnsiConsole console)
    {
        foreach (var stored in letters)
            console.WriteLine($"{stored.Partition}/{stored.Offset}  {Time(stored)}  {stored.Letter.Service}  {Source(stored)}  key {Key(stored)}  {stored.Letter.Reason}{(stored.Handled is null ? "" : $"  [{stored.Handled}]")}");
    }

    /// <summary>One, whole.</summary>
    public static void Show(StoredLetter stored, IAnsiConsole console)
    {
        console.WriteLine($"letter   partition {stored.Partition}, offset {stored.Offset}{(stored.Handled is null ? "" : $", {stored.Handled}")}");
        console.WriteLine($"written  {Time(stored)} by {stored.Letter.Service}");
        console.WriteLine($"record   {Source(stored)}");
        console.WriteLine($"reason   {stored.Letter.Reason}");
        console.WriteLine($"key      {Key(stored)}");
        console.WriteLine($"value    {stored.ValueBytes} bytes: {Value(stored)}");
    }

    private static string Time(StoredLetter stored) => stored.Letter.Time?.ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "at an unknown time";

    private static string Source(StoredLetter stored) => $"{stored.Letter.SourceTopic}/{stored.Letter.SourcePartition}/{stored.Letter.SourceOffset}";

    private static string Key(StoredLetter stored) =>
        System.Text.Unicode.Utf8.IsValid(stored.Letter.Key.Span) && !stored.Letter.Key.Any(b => b < ' ') ? $"\"{stored.Letter.Key.ToStringUtf8()}\"" : Hex(stored.Letter.Key);

    // As JSON if it is an event, whatever rule it breaks.
    private static string Value(StoredLetter stored)
    {
        var value = stored.Letter.Value;
        foreach (var read in new Func<IMessage>[] { () => EventCodec.ReadInteraction(value.Span), () => EventCodec.ReadItem(value.Span) })
        {
            try
            {
                if (stored.Letter.SourceTopic.EndsWith(".items", StringComparison.Ordinal) == (read() is Contracts.V1.ItemEvent))
                    return JsonFormatter.Default.Format(read());
            }
            catch (ContractException)
            {
                // The other kind, or none.
            }
        }
        return Hex(value);
    }

    private static string Hex(ByteString bytes) =>
        bytes.Length <= BytesShown ? $"0x{Convert.ToHexStringLower(bytes.Span)}" : $"0x{Convert.ToHexStringLower(bytes.Span[..BytesShown])}...";
}
