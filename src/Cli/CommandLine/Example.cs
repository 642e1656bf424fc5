namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>A command line to copy, and what it does.</summary>
/// <param name="Line">The whole command; environment variables may come before "rearm".</param>
/// <param name="Meaning">In a few words.</param>
internal sealed record Example(string Line, string Meaning);
