using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.Trainer.UnitTests.Worker;

public sealed class TrainerStateTests
{
    [Fact]
    public void Waiting_ForcedRequest_IsDroppedWhole()
    {
        var state = new TrainerState();
        state.Request(force: true);

        state.Waiting("Waiting for the first snapshot.");

        Assert.Equal((false, false), (state.Requested, state.Forced));
    }
}
