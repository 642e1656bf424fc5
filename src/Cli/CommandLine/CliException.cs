namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>Something went wrong that the user can understand from the message alone: what, and what to do.</summary>
internal sealed class CliException(string message, Exception? inner = null) : Exception(message, inner);
