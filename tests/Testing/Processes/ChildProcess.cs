using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Rearm.Streaming.Testing.Processes;

/// <summary>A program that a test starts and stops. It does not outlive the test run, not even when that is killed.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int Stop = 19;
    private const int KeptLines = 200;

    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process) => Process = process;

    /// <summary>The process; use <see cref="StopAsync"/> to stop it in good order.</summary>
    public Process Process { get; }

    /// <summary>Completes with the exit code.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>The last lines it wrote, for the message when something goes wrong.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Starts <paramref name="program"/>, found by its path or in PATH.</summary>
    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    public static async Task<ChildProcess> StartAsync(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var path = FindProgram(program) ?? throw new FileNotFoundException($"{program} is neither a file nor in PATH.", program);
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // util-linux's setpriv has the kernel kill the child when its parent dies.
        if (FindProgram("setpriv") is { } setpriv)
        {
            start.FileName = setpriv;
            string[] prefix = ["--pdeathsig", "KILL", path];
            foreach (var argument in prefix.Concat(arguments))
                start.ArgumentList.Add(argument);
        }
        else
        {
            start.FileName = path;
            foreach (var argument in arguments)
                start.ArgumentList.Add(argument);
        }
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;

        // To the kernel the parent is the thread that started the child, so that thread has to live as long as the child does.
        var started = new TaskCompletionSource<ChildProcess>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(start, started)) { IsBackground = true, Name = Path.GetFileName(program) }.Start();
        return await started.Task.ConfigureAwait(false);
    }

    /// <summary>The full path of a program, or null if there is none of that name.</summary>
    public static string? FindProgram(string name)
    {
        if (name.Contains('/'))
            return File.Exists(name) ? Path.GetFullPath(name) : null;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Sends SIGTERM, and SIGKILL when that has had no effect for <paramref name="patience"/>; returns the exit code.</summary>
    public async Task<int> StopAsync(TimeSpan patience)
    {
        if (!Process.HasExited)
            _ = SendSignal(Process.Id, Terminate);
        try
        {
            return await Exited.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Process.Kill();
            return await Exited.ConfigureAwait(false);
        }
    }

    /// <summary>Sends SIGKILL and waits until the program is gone.</summary>
    public async Task KillAsync()
    {
        Process.Kill();
        await Exited.ConfigureAwait(false);
    }

    /// <summary>Has the program stand still, as on a machine that hangs, until <see cref="Resume"/>.</summary>
    public void Pause() => _ = SendSignal(Process.Id, Stop);

    /// <summary>Has the program go on.</summary>
    public void Resume() => _ = SendSignal(Process.Id, Continue);

    /// <summary>Stops the program (SIGTERM, after 10 s SIGKILL) and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        Process.Dispose();
    }

    private static void Run(ProcessStartInfo start, TaskCompletionSource<ChildProcess> started)
    {
        ChildProcess child;
        try
        {
            var process = new Process { StartInfo = start };
            child = new ChildProcess(process);
            process.OutputDataReceived += (_, line) => child.Keep(line.Data);
            process.ErrorDataReceived += (_, line) => child.Keep(line.Data);
            process.Start();
            process.StandardInput.Close();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }
        catch (Exception exception)
        {
            started.SetException(exception);
            return;
        }
        started.SetResult(child);
        child.Process.WaitForExit();
        child._exited.SetResult(child.Process.ExitCode);
    }

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
                _lines.Dequeue();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int processId, int signal);
}
