using System.ComponentModel;
using System.Diagnostics;

namespace Rearm.Streaming.Testing.Processes;

/// <summary>A program that is run to its end for what it prints.</summary>
public static class ForeignProgram
{
    /// <summary>Runs a program and returns its standard output.</summary>
    /// <param name="program">Its path, or its name in PATH.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="remedy">What to do where it, or something it needs, is missing.</param>
    /// <param name="environment">Variables on top of this process's.</param>
    /// <param name="patience">How long it may take; null: as long as anything else.</param>
    /// <exception cref="InvalidOperationException">It is missing or failed; the message has its errors and the remedy.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string remedy, IReadOnlyDictionary<string, string?>? environment = null, TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        using var process = Start(start, remedy);
        using var deadline = new CancellationTokenSource(patience ?? Wait.Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"{program} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}. {remedy}\n{await errors}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', start.ArgumentList)} did not end in {patience ?? Wait.Patience}.");
        }
    }

    private static Process Start(ProcessStartInfo start, string remedy)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{start.FileName} did not start ({e.Message}). {remedy}", e);
        }
    }
}
