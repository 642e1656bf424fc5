namespace Rearm.Streaming.Models.Training;

/// <summary>What a warm start could use.</summary>
/// <param name="Users">Users known from the last run.</param>
/// <param name="Items">Items known from the last run.</param>
/// <param name="Reset">Parameters that start from initial values, because they are new or have another shape.</param>
public sealed record WarmStartResult(int Users, int Items, IReadOnlyList<string> Reset);
