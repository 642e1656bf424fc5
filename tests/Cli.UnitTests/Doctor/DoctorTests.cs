using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Doctor;

namespace Rearm.Streaming.Cli.UnitTests.Doctor;

public class DoctorTests
{
    private static readonly Probe Good = new("runtime", "", () => Finding.Good("10.0"));

    [Fact]
    public async Task Run_NothingMissing_TheDemoCanRun()
    {
        var (canRun, output) = await RunAsync(Good);

        Assert.True(canRun);
        Assert.Contains("10.0", output);
        Assert.Contains("The demo can run", output);
    }

    [Fact]
    public async Task Run_SomethingOptionalMissing_TheDemoCanRunAndTheRemedyIsShown()
    {
        var (canRun, output) = await RunAsync(Good, new Probe("CUDA", "", () => Finding.Optional("none", "buy one")));

        Assert.True(canRun);
        Assert.Contains("-> buy one", output);
    }

    [Fact]
    public async Task Run_SomethingMissing_TheDemoCantRunAndTheRemedyIsShown()
    {
        var (canRun, output) = await RunAsync(new Probe("redis-server", "", () => Finding.Bad("not found", "install it")), Good);

        Assert.False(canRun);
        Assert.Contains("-> install it", output);
        Assert.Contains("1 missing", output);
        Assert.Contains("10.0", output);
    }

    [Fact]
    public async Task Run_ProbeThatThrows_CountsAsMissingAndShowsTheRemedy()
    {
        var (canRun, output) = await RunAsync(new Probe("librdkafka", "run setup", () => throw new DllNotFoundException("no librdkafka.so")), Good);

        Assert.False(canRun);
        Assert.Contains("no librdkafka.so", output);
        Assert.Contains("-> run setup", output);
    }

    [Fact]
    public async Task Run_StaticConstructorThatThrows_ShowsTheInnerReason()
    {
        var (_, output) = await RunAsync(new Probe("libtorch", "", () => throw new TypeInitializationException("torch", new DllNotFoundException("no libtorch"))));

        Assert.Contains("no libtorch", output);
    }

    [Fact]
    public async Task Run_DetailThatLooksLikeMarkup_IsShownLiterally()
    {
        var (_, output) = await RunAsync(new Probe("x", "", () => Finding.Good("a [b] c")));

        Assert.Contains("a [b] c", output);
    }

    [Fact]
    public async Task MachineProbes_OnThisMachine_AllHaveADetail()
    {
        foreach (var probe in MachineProbes.All([("some service", 1)]))
            Assert.NotEqual("", (await probe.LookSafelyAsync(default)).Detail);
    }

    [Fact]
    public async Task ServerProbes_NothingListens_AreMissing()
    {
        var findings = new List<Finding>();
        foreach (var probe in ServerProbes.All("127.0.0.1:1", "127.0.0.1:1,connectRetry=1").Where(p => p.Name.Contains(' ')))
            findings.Add(await probe.LookSafelyAsync(default));

        Assert.Equal(2, findings.Count);
        Assert.All(findings, f => Assert.Equal(Condition.Bad, f.Condition));
    }

    private static async Task<(bool CanRun, string Output)> RunAsync(params Probe[] probes)
    {
        var output = new StringWriter();
        var canRun = await Examination.RunAsync(probes, Consoles.For(output), default);
        return (canRun, output.ToString());
    }
}
