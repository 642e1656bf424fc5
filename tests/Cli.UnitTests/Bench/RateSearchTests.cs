using Grpc.Core;
using Rearm.Streaming.Cli.Bench;

namespace Rearm.Streaming.Cli.UnitTests.Bench;

public class RateSearchTests
{
    [Theory]
    [InlineData(1000, 800, 1600)]
    [InlineData(100, 100, 200)]
    [InlineData(99, 50, 100)]
    [InlineData(13, 12.5, 25)]
    public async Task Find_LoadThatHoldsUpToARate_BracketsIt(double most, double good, double bad)
    {
        var (found, failed) = await FindAsync(most);

        Assert.Equal(good, found!.Rate);
        Assert.Equal(bad, failed.Rate);
    }

    [Fact]
    public async Task Find_LoadThatHoldsNowhere_FindsNone()
    {
        var (found, failed) = await FindAsync(most: 1);

        Assert.Null(found);
        Assert.Equal(12.5, failed.Rate);
    }

    private static Task<(LoadResult? Good, LoadResult Bad)> FindAsync(double most) => RateSearch.FindAsync(
        first: 100, step: 2, lowest: 10, rate => Task.FromResult(new LoadResult(rate, rate, [1], [StatusCode.OK])), result => result.Rate <= most);
}
