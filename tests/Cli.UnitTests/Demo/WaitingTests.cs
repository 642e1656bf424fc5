using Grpc.Core;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Demo;
using Rearm.Streaming.Client;

namespace Rearm.Streaming.Cli.UnitTests.Demo;

public class WaitingTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task UntilAsync_ConditionBecomesTrue_ReturnsTheAnswer()
    {
        var asked = 0;

        Assert.Equal(3, await Waiting.UntilAsync("x", Long, _ => Task.FromResult(++asked), n => n == 3, default));
    }

    [Fact]
    public async Task UntilAsync_Timeout_SaysWhatItWaitedForAndLastSaw()
    {
        var exception = await Assert.ThrowsAsync<CliException>(() =>
            Waiting.UntilAsync("The snapshot", TimeSpan.Zero, _ => Task.FromResult("lag 5"), _ => false, default));

        Assert.Equal("The snapshot did not happen within 0 s. Last seen: lag 5. Run it again with --verbose to see the services' logs.", exception.Message);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.DeadlineExceeded)]
    public async Task UntilAsync_ServiceHasNoTime_IsRetried(StatusCode code)
    {
        var asked = 0;

        var answer = await Waiting.UntilAsync(
            "x",
            Long,
            _ => ++asked < 3 ? throw Refusal(code) : Task.FromResult("up"),
            _ => true,
            default);

        Assert.Equal("up", answer);
    }

    [Fact]
    public async Task UntilAsync_ServiceFails_IsNotRetried() =>
        await Assert.ThrowsAsync<ServiceException>(() =>
            Waiting.UntilAsync<int>("x", Long, _ => throw Refusal(StatusCode.Internal), _ => true, default));

    [Fact]
    public async Task UntilAsync_Cancelled_Stops()
    {
        using var source = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Waiting.UntilAsync("x", Long, _ => { source.Cancel(); return Task.FromResult(0); }, _ => false, source.Token));
    }

    private static ServiceException Refusal(StatusCode code) => new(new Uri("http://127.0.0.1:1"), new RpcException(new Status(code, "")));
}
