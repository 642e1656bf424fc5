using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Erasure;

/// <summary>What was done about an erasure, place by place, and what stays until when.</summary>
/// <param name="Kind">"user" or "item".</param>
/// <param name="Id">Its id.</param>
/// <param name="EventId">Of the event that was sent.</param>
/// <param name="SentAt">When it was accepted.</param>
/// <param name="Known">Whether anything of it was in Redis before.</param>
/// <param name="Lines">The places.</param>
/// <param name="Retained">What stays for a while.</param>
internal sealed record ErasureReceipt(
    string Kind, string Id, string EventId, DateTimeOffset SentAt, bool Known, IReadOnlyList<ReceiptLine> Lines, IReadOnlyList<RetainedCopy> Retained)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether nothing is left to do.</summary>
    public bool Complete => Lines.All(l => l.State == ReceiptLine.Done);

    /// <summary>For programs.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>For people.</summary>
    public void Write(IAnsiConsole console)
    {
        console.WriteLine($"{(Kind == "user" ? "Erasure of user" : "Deletion of item")} {Id}, sent at {Time(SentAt)} as event {EventId}");
        if (!Known)
            console.WriteLine($"Nothing of this {Kind} was in Redis before.");
        foreach (var line in Lines)
            console.WriteLine($"  {line.Place,-13} {line.State,-10} {(line.At is { } at ? Time(at) : ""),-20} {line.Detail}");
        console.WriteLine("What stays for a while:");
        foreach (var copy in Retained)
            console.WriteLine($"  {copy.Place}: {(copy.Until is { } until ? $"until {Time(until)}; " : "")}{copy.Detail}");
        var left = Lines.Where(l => l.State != ReceiptLine.Done).Select(l => l.Place);
        console.WriteLine(Complete ? "Complete." : $"Incomplete: {string.Join(", ", left)}. Run it again to go on.");
    }

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
