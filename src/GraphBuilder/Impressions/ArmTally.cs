using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>What the users of one partition were shown and clicked, in one arm of an experiment or outside of any, from one generation.</summary>
/// <param name="counts">Where it begins.</param>
internal sealed class ArmTally(ArmCounts counts)
{
    private readonly ArmCounts _counts = counts.Clone();

    /// <summary>As labels of metrics.</summary>
    public KeyValuePair<string, object?>[] Labels { get; } = LabelsOf(counts);

    /// <summary>What has been counted.</summary>
    public ArmCounts Counts => _counts.Clone();

    /// <summary>When it was last counted, Unix milliseconds.</summary>
    public long Last => _counts.Last;

    /// <summary>A generation and an arm, as labels of metrics.</summary>
    public static KeyValuePair<string, object?>[] LabelsOf(ArmCounts counts) => [new("generation", counts.Generation), new("arm", counts.Arm)];

    /// <summary>An answer was shown.</summary>
    public void Show(int items, long time)
    {
        _counts.Lists++;
        _counts.Shown += items;
        _counts.Last = Math.Max(_counts.Last, time);
    }

    /// <summary>An item of an answer was clicked for the first time.</summary>
    public void Click(long time)
    {
        _counts.Clicks++;
        _counts.Last = Math.Max(_counts.Last, time);
    }
}
