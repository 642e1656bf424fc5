using Rearm.Streaming.Trainer.Gate;

namespace Rearm.Streaming.Trainer.UnitTests.Gate;

public class PairedDifferenceTests
{
    [Fact]
    public void Of_KnownNumbers_IsTheNormalIntervalOfTheMean()
    {
        // Differences 1, 0, 0, -1, 1: mean 0.2, standard deviation sqrt(0.7), so 0.2 +- 1.959964 * sqrt(0.7 / 5).
        var difference = PairedDifference.Of([1, 1, 0, 0, 1], [0, 1, 0, 1, 0]);

        Assert.Equal(0.2, difference.Mean, 12);
        Assert.Equal(0.2 - 0.733351, difference.Low, 5);
        Assert.Equal(0.2 + 0.733351, difference.High, 5);
    }

    [Fact]
    public void Of_SameModel_HasNoWidth() =>
        Assert.Equal(new PairedDifference(0, 0, 0), PairedDifference.Of([0, 1, 0.5], [0, 1, 0.5]));

    [Fact]
    public void Of_PairsThatDoNotMatch_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedDifference.Of([1, 0], [1, 0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedDifference.Of([1], [1]));
    }
}
