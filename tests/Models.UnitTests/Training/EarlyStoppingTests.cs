using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Training;

public class EarlyStoppingTests
{
    [Fact]
    public void Observe_NoGainForPatience_Stops()
    {
        var stopping = new EarlyStopping(patience: 2);
        Assert.True(stopping.Observe(1, 0.10));
        Assert.True(stopping.Observe(2, 0.10001));
        Assert.False(stopping.Observe(3, 0.10001));
        Assert.False(stopping.ShouldStop);
        Assert.False(stopping.Observe(4, 0.05));
        Assert.True(stopping.ShouldStop);
        Assert.Equal((2, 0.10001), (stopping.BestEpoch, stopping.BestScore));
    }

    [Theory]
    [InlineData(4, true)]
    [InlineData(3, false)]
    public void Resume_AfterAnEpoch_IsAsIfAllHadBeenObserved(int epoch, bool shouldStop)
    {
        var stopping = new EarlyStopping(patience: 2);

        stopping.Resume(epoch, bestEpoch: 2, bestScore: 0.2);

        Assert.Equal(shouldStop, stopping.ShouldStop);
        Assert.False(stopping.Observe(epoch + 1, 0.2));
        Assert.Equal((2, 0.2), (stopping.BestEpoch, stopping.BestScore));
    }

    [Fact]
    public void Observe_GainBelowTheFourthDecimal_Counts()
    {
        var stopping = new EarlyStopping(patience: 1);
        stopping.Observe(1, 0.12341);
        Assert.True(stopping.Observe(2, 0.12342));
        Assert.False(stopping.ShouldStop);
    }
}
