using Rearm.Streaming.Cli.Embedded;

namespace Rearm.Streaming.IntegrationTests.Embedded;

public class ChildProcessTests
{
    [Fact]
    public async Task StartAsync_UnknownProgram_NamesIt()
    {
        var exception = await Assert.ThrowsAsync<FileNotFoundException>(() => ChildProcess.StartAsync("no-such-program", []));

        Assert.Contains("no-such-program", exception.Message);
    }

    [Fact]
    public async Task Exited_ProgramThatFails_GivesItsCodeAndOutput()
    {
        await using var child = await ChildProcess.StartAsync("sh", ["-c", "echo $GREETING; echo trouble >&2; exit 3"], new Dictionary<string, string?> { ["GREETING"] = "hello" });

        Assert.Equal(3, await child.Exited.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(["hello", "trouble"], child.Output.Split('\n').Order());
    }

    [Fact]
    public async Task StopAsync_ProgramThatIgnoresSigterm_IsKilled()
    {
        await using var child = await ChildProcess.StartAsync("sh", ["-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"]);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (child.Output != "deaf")
            await Task.Delay(10, deadline.Token);

        Assert.Equal(128 + 9, await child.StopAsync(TimeSpan.FromMilliseconds(200)));
    }
}
