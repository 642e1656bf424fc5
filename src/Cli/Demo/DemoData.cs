using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>What the demo feeds to the pipeline, and what it keeps back to measure with.</summary>
internal sealed class DemoData
{
    /// <summary>In words, for the first line: "a synthetic shop", a folder's name.</summary>
    public required string Name { get; init; }

    /// <summary>The catalogue, features included.</summary>
    public required IReadOnlyList<Item> Items { get; init; }

    /// <summary>What is sent, in time order. A pair may come more than once.</summary>
    public required IReadOnlyList<Interaction> Clicks { get; init; }

    /// <summary>By user: items that were clicked as well, but are never sent.</summary>
    public required IReadOnlyDictionary<string, string[]> HeldOut { get; init; }

    /// <summary>The user whose recommendations are shown; has nothing held out, so that showing does not disturb measuring.</summary>
    public required string StoryUser { get; init; }

    /// <summary>What the story user is known to like, in words; empty if nobody knows.</summary>
    public string StoryTaste { get; init; } = "";

    /// <summary>The item the story user clicks; null: the best one recommended.</summary>
    public string? StoryClick { get; init; }

    /// <summary>Distinct user-item pairs among the clicks: what the graphs must come to.</summary>
    public int DistinctPairs => Clicks.Select(c => (c.UserId, c.ItemId)).Distinct().Count();
}
