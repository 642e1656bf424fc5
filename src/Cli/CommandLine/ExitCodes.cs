namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>What the process answers with; told in <c>rearm --help</c>.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>It was tried and failed; the standard error says why.</summary>
    public const int Failure = 1;

    /// <summary>It was not tried: an unknown flag, a bad value, or a configuration that a service refuses.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C before it was done.</summary>
    public const int Interrupted = 130;
}
