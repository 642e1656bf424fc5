using System.Diagnostics;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>This program once more, so that what is measured shares no memory with what measures.</summary>
internal static class OwnProcess
{
    /// <summary>Starts it; output and errors are to be read.</summary>
    /// <param name="arguments">Its command line.</param>
    public static Process Start(params string[] arguments)
    {
        var program = typeof(OwnProcess).Assembly.Location;
        var host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        return Process.Start(new ProcessStartInfo(host, [program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }
}
