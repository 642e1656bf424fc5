using Rearm.Streaming.Cli.Bench;

namespace Rearm.Streaming.Cli.UnitTests.Bench;

public class ZipfUsersTests
{
    [Fact]
    public void Of_ManyCalls_ComeByTheirWeights()
    {
        const int Users = 1000;
        const int Calls = 100_000;
        var users = new ZipfUsers(Users);
        var calls = Enumerable.Range(0, Calls).CountBy(users.Of).ToDictionary();

        var weights = Enumerable.Range(1, Users).Sum(rank => Math.Pow(rank, -0.8));
        foreach (var rank in (int[])[1, 2, 10, 1000])
            Assert.Equal(Calls * Math.Pow(rank, -0.8) / weights, calls[$"u{rank - 1}"], Math.Max(5, 0.02 * Calls / weights));
        Assert.Equal(Users, calls.Count);
        Assert.Equal(users.Of(17), new ZipfUsers(Users).Of(17));
    }
}
