namespace Rearm.Streaming.Cli.Embedded;

/// <summary>Runs an embedded server as a command of its own.</summary>
internal static class EmbeddedServer
{
    /// <summary>Prints where the server is and how to use it, then waits for Ctrl-C.</summary>
    public static async Task RunAsync(TextWriter output, string address, string usage, CancellationToken cancellation)
    {
        await output.WriteLineAsync(address);
        await output.WriteLineAsync(usage);
        await output.FlushAsync(CancellationToken.None);
        var stopped = new TaskCompletionSource();
        await using (cancellation.Register(stopped.SetResult))
            await stopped.Task;
    }
}
