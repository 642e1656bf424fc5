using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.Testing;

public class ChildProcessTests
{
    [Fact]
    public async Task StartAsync_UnknownProgram_ThrowsAndNamesIt()
    {
        var exception = await Assert.ThrowsAsync<FileNotFoundException>(() => ChildProcess.StartAsync("no-such-program", []));

        Assert.Contains("no-such-program", exception.Message);
    }

    [Fact]
    public async Task Exited_ProgramThatFails_IsItsExitCodeWithItsOutput()
    {
        await using var child = await ChildProcess.StartAsync("sh", ["-c", "echo $GREETING; echo trouble >&2; exit 3"], new Dictionary<string, string?> { ["GREETING"] = "hello" });

        Assert.Equal(3, await child.Exited.WaitAsync(Wait.Patience));
        Assert.Equal(["hello", "trouble"], child.Output.Split('\n').Order());
    }

    [Fact]
    public async Task StopAsync_ProgramThatIgnoresSigterm_IsKilled()
    {
        await using var child = await ChildProcess.StartAsync("sh", ["-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"]);
        await Wait.UntilAsync("it ignores SIGTERM", () => Task.FromResult(child.Output == "deaf"), child);

        Assert.Equal(128 + 9, await child.StopAsync(TimeSpan.FromMilliseconds(200)));
    }
}
