using Microsoft.Extensions.Options;

namespace Rearm.Streaming.Server.UnitTests;

public class ServerOptionsTests
{
    [Theory]
    [InlineData("PollInterval=00:00:00", "Server:PollInterval is 00:00:00; 00:00:00.010 to 00:01:00 is allowed.")]
    [InlineData("HistoryTimeout=00:02:00", "Server:HistoryTimeout is 00:02:00; 00:00:00.010 to 00:01:00 is allowed.")]
    [InlineData("RecentWeight=1.5", "RecentWeight")]
    [InlineData("RecentItems=0", "RecentItems")]
    [InlineData("SearchThreads=-1", "SearchThreads")]
    [InlineData("MaxWaitingSearches=0", "MaxWaitingSearches")]
    [InlineData("MaxWaitingImpressions=1", "MaxWaitingImpressions")]
    [InlineData("SeenTypes:0=Purchase", "Server:SeenTypes[0]: \"Purchase\" has a 'P'; only a-z")]
    public async Task Start_OptionOutOfRange_IsRefusedByName(string option, string message)
    {
        await using var app = ServerHost.Build(["--Endpoints:GrpcPort=0", "--Endpoints:HttpPort=0", $"--Server:{option}", "--Logging:LogLevel:Default=None"]);
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
        Assert.Contains(message, e.Message);
    }
}
