using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Answers;

/// <summary>Which items an answer may hold, whichever call asks.</summary>
/// <param name="Categories">In at least one of these; empty: in any or none.</param>
/// <param name="Excluded">None of these.</param>
/// <param name="Filter">What else; null: nothing.</param>
internal sealed record ItemRules(IReadOnlyCollection<string> Categories, IReadOnlyCollection<string> Excluded, ItemFilter? Filter)
{
    /// <summary>In all of these categories.</summary>
    public IReadOnlyCollection<string> AllCategories => Filter is null ? [] : Filter.AllCategories;

    /// <summary>In none of these categories.</summary>
    public IReadOnlyCollection<string> NoCategories => Filter is null ? [] : Filter.NoCategories;

    /// <summary>One of these; empty: any.</summary>
    public IReadOnlyCollection<string> Only => Filter is null ? [] : Filter.OnlyItemIds;

    /// <summary>Available or not.</summary>
    public bool IncludeUnavailable => Filter is { IncludeUnavailable: true };

    /// <summary>Whether categories matter.</summary>
    public bool HaveCategories => Categories.Count + AllCategories.Count + NoCategories.Count > 0;

    /// <summary>Whether an item in these categories may be answered, as far as categories go.</summary>
    public bool Allow(IReadOnlyCollection<string> categories) =>
        (Categories.Count == 0 || Categories.Any(categories.Contains)) && AllCategories.All(categories.Contains) && !NoCategories.Any(categories.Contains);
}
