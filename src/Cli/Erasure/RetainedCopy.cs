namespace Rearm.Streaming.Cli.Erasure;

/// <summary>What stays for a while, by design: nothing reads it again for the graphs, but it is there.</summary>
/// <param name="Place">E.g. "topic rearm.interactions".</param>
/// <param name="Until">When it goes; null if nobody can say.</param>
/// <param name="Detail">In words.</param>
internal sealed record RetainedCopy(string Place, DateTimeOffset? Until, string Detail);
