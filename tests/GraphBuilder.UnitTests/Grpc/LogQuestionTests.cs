using Confluent.Kafka;
using Rearm.Streaming.GraphBuilder.Grpc;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.GraphBuilder.UnitTests.Grpc;

public class LogQuestionTests
{
    [Fact]
    public async Task Ask_ManyCallersWhileTheBrokerIsSilent_AreCoalescedIntoOneMoreQuestion()
    {
        using var begun = new SemaphoreSlim(0);
        using var answer = new SemaphoreSlim(0);
        int asked = 0, asking = 0, most = 0;
        var question = new LogQuestion(() =>
        {
            var number = Interlocked.Increment(ref asked);
            most = Math.Max(most, Interlocked.Increment(ref asking));
            begun.Release();
            Assert.True(answer.Wait(Wait.Patience));
            Interlocked.Decrement(ref asking);
            return new() { [new("t", 0)] = new(0, number) };
        });
        var first = question.AskAsync();
        Assert.True(await begun.WaitAsync(Wait.Patience));
        var others = Enumerable.Range(0, 50).Select(_ => question.AskAsync()).ToArray();
        Assert.Equal(1, asked);
        answer.Release(2);
        Assert.Equal(1, (await first.WaitAsync(Wait.Patience))!.Single().Value.High);
        // They asked after the first question was sent, so its answer may be stale for them.
        foreach (var other in await Task.WhenAll(others).WaitAsync(Wait.Patience))
            Assert.Equal(2, other!.Single().Value.High);
        Assert.Equal((2, 1), (asked, most));
    }

    [Fact]
    public async Task Ask_NoAnswer_IsNullAndTheNextCallerAsksAgain()
    {
        var asked = 0;
        var question = new LogQuestion(() => asked++ == 0 ? throw new KafkaException(ErrorCode.Local_TimedOut) : []);
        Assert.Null(await question.AskAsync());
        Assert.NotNull(await question.AskAsync());
    }
}
