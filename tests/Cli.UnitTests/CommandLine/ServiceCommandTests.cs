using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Rearm.Streaming.Cli.CommandLine;

namespace Rearm.Streaming.Cli.UnitTests.CommandLine;

public class ServiceCommandTests
{
    [Fact]
    public async Task Runs_FlagsAndSettings_ReachTheServiceWithSettingsLast()
    {
        var settings = await SettingsAsync("--Kafka:TopicPrefix=shop2", "--kafka", "k:9092", "--grpc-port", "0", "--Kafka:Client:security.protocol=SSL");

        Assert.Equal(["--Kafka:BootstrapServers=k:9092", "--Endpoints:GrpcPort=0", "--Kafka:TopicPrefix=shop2", "--Kafka:Client:security.protocol=SSL"], settings);
    }

    [Fact]
    public async Task Runs_NoArguments_PassesNoSettings() => Assert.Empty(await SettingsAsync());

    [Fact]
    public async Task Runs_SettingWithEqualsSignsAndSpaces_IsPassedUnchanged()
    {
        const string setting = "--Redis:Configuration=redis:6379,password=a=b c";

        Assert.Equal([setting], await SettingsAsync(setting));
    }

    [Theory]
    [InlineData("--Kafka")]
    [InlineData("--Kafka:TopicPrefix")]
    [InlineData("Kafka:TopicPrefix=x")]
    [InlineData("-x")]
    public void Runs_ArgumentThatIsNoSetting_IsAnError(string argument)
    {
        var parsed = Command(_ => throw new InvalidOperationException()).Parse([argument]);

        Assert.Contains(argument, Assert.Single(parsed.Errors).Message);
    }

    private static async Task<string[]> SettingsAsync(params string[] args)
    {
        string[]? seen = null;
        var parsed = Command(settings =>
        {
            seen = settings;
            throw new OperationCanceledException();
        }).Parse(args);
        Assert.Empty(parsed.Errors);
        await Assert.ThrowsAsync<OperationCanceledException>(() => parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false }));
        return seen!;
    }

    private static RearmCommand Command(Func<string[], WebApplication> build) =>
        new RearmCommand("service", "A service.").Runs(build, SettingOption.Kafka(), SettingOption.GrpcPort());
}
