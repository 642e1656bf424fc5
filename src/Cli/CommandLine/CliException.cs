namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>An expected failure: the message alone tells the user what is wrong and what to do.</summary>
internal sealed class CliException(string message, Exception? inner = null) : Exception(message, inner);
