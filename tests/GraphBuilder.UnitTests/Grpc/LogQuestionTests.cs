using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.Grpc;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Grpc;

public class LogQuestionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Ask_ByManyWhileTheBrokerIsSilent_BlocksOneThreadAndIsAskedOnceMore()
    {
        using var begun = new SemaphoreSlim(0);
        using var answer = new SemaphoreSlim(0);
        int asked = 0, asking = 0, most = 0;
        var question = new LogQuestion(() =>
        {
            var number = Interlocked.Increment(ref asked);
            most = Math.Max(most, Interlocked.Increment(ref asking));
            begun.Release();
            Assert.True(answer.Wait(Patience));
            Interlocked.Decrement(ref asking);
            return new() { [new("t", 0)] = new(0, number) };
        });
        var first = question.AskAsync();
        Assert.True(await begun.WaitAsync(Patience));
        var others = Enumerable.Range(0, 50).Select(_ => question.AskAsync()).ToArray();
        Assert.Equal(1, asked);
        answer.Release(2);
        Assert.Equal(1, (await first.WaitAsync(Patience))!.Single().Value.High);
        // They came after the first question, so its answer is not theirs.
        foreach (var other in await Task.WhenAll(others).WaitAsync(Patience))
            Assert.Equal(2, other!.Single().Value.High);
        Assert.Equal((2, 1), (asked, most));
    }

    [Fact]
    public async Task Ask_NoAnswer_IsNullAndTheNextIsAskedAgain()
    {
        var asked = 0;
        var question = new LogQuestion(() => asked++ == 0 ? throw new KafkaException(ErrorCode.Local_TimedOut) : []);
        Assert.Null(await question.AskAsync());
        Assert.NotNull(await question.AskAsync());
    }
}
