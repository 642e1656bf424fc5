namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>Something is retried, and nothing more is read until it succeeds.</summary>
/// <param name="Reason">What, and why it fails.</param>
/// <param name="Since">When it failed first.</param>
internal sealed record Blockage(string Reason, DateTimeOffset Since);
