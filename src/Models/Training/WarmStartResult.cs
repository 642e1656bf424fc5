namespace Rearm.Streaming.Models.Training;

/// <summary>What a warm start could use.</summary>
/// <param name="Users">Users known from the last run.</param>
/// <param name="Items">Items known from the last run.</param>
/// <param name="Reset">Parameters that start from initial values, because they are new or have another shape.</param>
public sealed record WarmStartResult(int Users, int Items, IReadOnlyList<string> Reset)
{
    /// <summary>Those of <see cref="Reset"/> that the checkpoint has in another shape, each with both, e.g. "user_ids (.. x 32 there, .. x 64 here)".</summary>
    public IReadOnlyList<string> OtherShapes { get; init; } = [];

    /// <summary>How many parameters the checkpoint's values went into.</summary>
    public int Loaded { get; init; }
}
