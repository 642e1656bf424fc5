namespace Rearm.Streaming.Datasets;

/// <summary>Which part of a data set.</summary>
public enum Split
{
    /// <summary>To learn from.</summary>
    Train,

    /// <summary>To choose the epoch by.</summary>
    Valid,

    /// <summary>To report on.</summary>
    Test,
}
