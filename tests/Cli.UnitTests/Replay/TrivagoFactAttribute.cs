using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Replay;

/// <summary>A test on trivago's click stream, where that is found.</summary>
internal sealed class TrivagoFactAttribute : FactAttribute
{
    public TrivagoFactAttribute()
    {
        if (File is null)
            Skip = "There is no ../shared/data/trivago/events.csv.gz.";
    }

    /// <summary>The stream; null where it is not found.</summary>
    public static string? File { get; } = SharedData.Find("data", "trivago", "events.csv.gz");
}
