using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>What the demo feeds to the pipeline, and what it holds out to measure with.</summary>
internal sealed class DemoData
{
    /// <summary>A description for the first line of output.</summary>
    public required string Name { get; init; }

    /// <summary>The catalogue, features included.</summary>
    public required IReadOnlyList<Item> Items { get; init; }

    /// <summary>What is sent, in order of time. A pair may occur more than once.</summary>
    public required IReadOnlyList<Interaction> Clicks { get; init; }

    /// <summary>Held-out items by user: clicked as well, but never sent.</summary>
    public required IReadOnlyDictionary<string, string[]> HeldOut { get; init; }

    /// <summary>The user whose recommendations are shown; has nothing held out, so the click does not affect the measurement.</summary>
    public required string StoryUser { get; init; }

    /// <summary>What the story user likes, in words; empty if unknown.</summary>
    public string StoryTaste { get; init; } = "";

    /// <summary>The item the story user clicks; null for the best one recommended.</summary>
    public string? StoryClick { get; init; }

    /// <summary>Distinct user-item pairs among the clicks: what the graphs must contain.</summary>
    public int DistinctPairs => Clicks.Select(c => (c.UserId, c.ItemId)).Distinct().Count();
}
