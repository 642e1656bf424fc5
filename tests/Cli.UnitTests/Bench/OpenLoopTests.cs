using Grpc.Core;
using Rearm.Streaming.Cli.Bench;

namespace Rearm.Streaming.Cli.UnitTests.Bench;

public class OpenLoopTests
{
    [Fact]
    public async Task RunAsync_OneCallStalls_ThoseItDelaysCountFromWhenTheyWereDue()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var running = OpenLoop.RunAsync(50, TimeSpan.FromSeconds(2), async (number, _) =>
        {
            if (number == 99)
                gate.SetResult();
            await gate.Task;
        }, default);
        var result = await running;

        Assert.Equal(100, result.Latencies.Length);
        // All end when the last begins: the earlier one was due, the longer it has waited.
        Assert.True(result.Latencies[0] > result.Latencies[90]);
        Assert.True(result.Latencies[0] >= 1975);
        Assert.True(result.Percentile(50) <= result.Percentile(99));
    }

    [Fact]
    public async Task RunAsync_SomeFail_AreCountedApart()
    {
        var result = await OpenLoop.RunAsync(10_000, TimeSpan.FromMilliseconds(10), (number, _) => (number % 4) switch
        {
            0 => throw new RpcException(new(StatusCode.ResourceExhausted, "")),
            1 => throw new RpcException(new(StatusCode.Internal, "")),
            _ => Task.CompletedTask,
        }, default);

        Assert.Equal(0.25, result.RefusedShare);
        Assert.Equal(25, result.Failed);
    }

    [Theory]
    [InlineData(50, 2)]
    [InlineData(99, 4)]
    [InlineData(100, 4)]
    [InlineData(1, 1)]
    public void Percentile_OfAnswers_LeavesOthersOut(double percent, double expected)
    {
        var result = new LoadResult(1, 1, [4, 1, 3, 2, 1000], [StatusCode.OK, StatusCode.OK, StatusCode.OK, StatusCode.OK, StatusCode.ResourceExhausted]);

        Assert.Equal(expected, result.Percentile(percent));
    }

    [Fact]
    public async Task RunAsync_Ended_BeginsNoMoreCallsAndHasThoseThatWere()
    {
        var end = new TaskCompletionSource();
        var begun = 0;
        var result = await OpenLoop.RunAsync(1000, TimeSpan.FromHours(1), (_, _) =>
        {
            if (++begun == 5)
                end.SetResult();
            return Task.CompletedTask;
        }, default, end: end.Task);

        Assert.InRange(result.Latencies.Length, 5, 100_000);
        Assert.Equal(begun, result.Latencies.Length);
        Assert.Equal(begun, result.Statuses.Length);
    }

    [Theory]
    [InlineData(0, 0.25, new double[] { 0, 1, 2 })]
    [InlineData(0.25, 0.5, new double[] { 3, 4 })]
    [InlineData(0.5, double.PositiveInfinity, new double[] { 5, 6 })]
    public void Between_Seconds_HasTheCallsThatWereDueThen(double start, double end, double[] expected)
    {
        // Due at 0, 0.1, ..., 0.6 s.
        var result = new LoadResult(10, 10, [0, 1, 2, 3, 4, 5, 6], new StatusCode[7]);

        Assert.Equal(expected, result.Between(start, end).Latencies);
        Assert.Equal(expected.Length, result.Between(start, end).Statuses.Length);
    }
}
