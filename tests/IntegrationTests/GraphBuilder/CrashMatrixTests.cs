using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.IntegrationTests.GraphBuilder;

/// <summary>
/// GraphBuilders are killed at random moments, events come twice, partitions change hands in between: the snapshot is that of an undisturbed run. As many
/// rounds as REARM_TEST_CRASH_ROUNDS says, 3 unless it does.
/// </summary>
public sealed class CrashMatrixTests(KafkaFixture kafka, RedisFixture redis) : IClassFixture<KafkaFixture>, IClassFixture<RedisFixture>
{
    private const int RecordsPerRound = 800;

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("REARM_TEST_CRASH_ROUNDS"), out var rounds) ? rounds : 3;

    [Fact]
    public async Task Killed_AtRandomMomentsAmongRebalances_EndsWithTheSameHash()
    {
        var random = new Random(7);
        var records = RandomShop.Records(15, RecordsPerRound * Rounds, users: 200, items: 120, seconds: 100_000);
        await using var team = new GraphBuilderTeam(kafka.BootstrapServers, redis.Server);
        await team.StartAsync("a");
        await team.StartAsync("b");
        for (var round = 0; round < Rounds; round++)
        {
            var sending = team.SendAsync(records.Skip(round * RecordsPerRound).Take(RecordsPerRound));
            // Anywhere in reading, checkpoints, snapshots and the rebalance of the round before.
            await Task.Delay(random.Next(1500));
            var victim = random.Next(2) == 0 ? "a" : "b";
            await team.KillAsync(victim);
            if (round % 3 == 2)
            {
                // A third one takes part for a while, so that partitions change hands.
                await team.StartAsync("c");
                await Task.Delay(random.Next(500));
                await team.KillAsync("c");
            }
            await team.StartAsync(victim);
            await sending;
            if (round % 5 == 4)
            {
                await team.CaughtUpAsync();
                Assert.Equal(ExpectedGraphs.Hash(records.Take((round + 1) * RecordsPerRound)), (await team.PublishAsync(victim)).Hash);
            }
        }
        await team.CaughtUpAsync();
        Assert.Equal(ExpectedGraphs.Hash(records), (await team.PublishAsync("a")).Hash);
        Assert.Equal(ExpectedGraphs.Hash(records), (await team.PublishAsync("b")).Hash);
    }
}
