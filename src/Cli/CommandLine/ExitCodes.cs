namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>The process's exit codes; <c>rearm --help</c> lists them.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The command failed; standard error says why.</summary>
    public const int Failure = 1;

    /// <summary>The command was not attempted: an unknown flag, a bad value, or a configuration that a service refuses.</summary>
    public const int Usage = 2;

    /// <summary>The command did a part of it; what it printed says what is left. Run it again.</summary>
    public const int Incomplete = 3;

    /// <summary>Interrupted by Ctrl-C before it was done.</summary>
    public const int Interrupted = 130;
}
