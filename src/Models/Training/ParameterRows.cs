namespace Rearm.Streaming.Models.Training;

/// <summary>What the rows of a parameter belong to.</summary>
internal enum ParameterRows
{
    /// <summary>To nobody: the parameter is shared.</summary>
    Shared,

    /// <summary>One row per user.</summary>
    Users,

    /// <summary>One row per item.</summary>
    Items,
}
