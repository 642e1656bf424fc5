using System.Diagnostics;
using System.Reflection;
using Google.Protobuf;
using Rearm.Streaming.Tests.Echo;

namespace Rearm.Streaming.GrpcTests;

/// <summary>A gRPC implementation we did not write, run as a process: Debian's python3-grpcio or npm's @grpc/grpc-js.</summary>
public sealed class Peer : IAsyncDisposable
{
    private static readonly string s_directory = typeof(Peer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ProjectDirectory").Value!;

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _remedy;

    private Peer(string program, string script, string remedy, params string[] arguments)
    {
        _remedy = remedy;
        var start = new ProcessStartInfo(program, [Path.Combine(s_directory, script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception ex)
        {
            throw new InvalidOperationException($"{program} did not start ({ex.Message}). {remedy}", ex);
        }
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public static Peer Python(string script, params string[] arguments) => new("/usr/bin/python3", Path.Combine("python", script),
        "These tests need Debian's gRPC for Python: run eng/setup.sh, or apt-get install python3-grpcio python3-protobuf.",
        [.. arguments, EchoReflection.Descriptor.SerializedData.ToBase64()]);

    public static Peer Node(string script, params string[] arguments) => new("node", Path.Combine("node", script),
        "These tests need Node.js and @grpc/grpc-js: run eng/setup.sh, or npm install --prefix tests/Grpc.UnitTests/node --no-package-lock.",
        [.. arguments, Path.Combine(s_directory, "Protos", "echo.proto")]);

    /// <summary>The next line the peer prints.</summary>
    public async Task<string> ReadLineAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _process.StandardOutput.ReadLineAsync(limit.Token)
            ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} {_process.StartInfo.ArgumentList[0]} ended without an answer. {_remedy}\n{await _errors}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }
        _process.Dispose();
    }
}
