namespace Rearm.Streaming.Ingestor.UnitTests.Running;

/// <summary>A clock that stands.</summary>
internal sealed class TestClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
