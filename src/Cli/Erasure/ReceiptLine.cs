namespace Rearm.Streaming.Cli.Erasure;

/// <summary>What became of one place.</summary>
/// <param name="Place">E.g. "generations".</param>
/// <param name="State">"done", "remains" (something of it is there), or "unfinished" (nobody knows yet).</param>
/// <param name="Detail">In words.</param>
/// <param name="At">When; null if not yet.</param>
internal sealed record ReceiptLine(string Place, string State, string Detail, DateTimeOffset? At)
{
    public const string Done = "done", Remains = "remains", Unfinished = "unfinished";
}
