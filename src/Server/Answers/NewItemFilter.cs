using Rearm.Streaming.Contracts;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>Which items that the generation does not know an answer may hold. Made of what is left out only once an item is asked about.</summary>
/// <param name="state">What is served.</param>
/// <param name="rules">What the request asks for.</param>
/// <param name="left">What else is left out: what the user has touched.</param>
/// <param name="page">Leaves out what was shown on earlier ones; null: there is only one.</param>
internal sealed class NewItemFilter(ServingState state, ItemRules rules, Touch[] left, Page? page = null)
{
    private HashSet<string>? _left;
    private HashSet<string>? _only;

    /// <summary>Whether the answer may hold a new item, by its row.</summary>
    public bool Allows(int row) => Allows(state.Catalogue.New.Id(row), row);

    /// <summary>Whether the answer may hold an item, which may be in no catalogue: then it is in no category.</summary>
    public bool Allows(string itemId) => Allows(itemId, state.Catalogue.New.TryGet(itemId, out var row) ? row : -1);

    // One that is hidden and yet in the catalogue is not available; one that is in none was deleted.
    private bool Allows(string itemId, int row) =>
        !(_left ??= new([.. left.Select(touch => touch.ItemId), .. rules.Excluded], StringComparer.Ordinal)).Contains(itemId)
        && (rules.Only.Count == 0 || (_only ??= new(rules.Only, StringComparer.Ordinal)).Contains(itemId))
        && ((rules.IncludeUnavailable && row >= 0) || !state.Live.HiddenItems.Contains(itemId))
        && (!rules.HaveCategories || rules.Allow(row < 0 ? [] : state.Catalogue.New.Categories(row)))
        && page?.Shown.Contains(ItemMark.Of(row < 0 ? StableHash.Of(itemId) : state.Catalogue.New.Hash(row))) != true;
}
