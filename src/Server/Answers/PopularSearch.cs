using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>The allowed items with most users.</summary>
internal static class PopularSearch
{
    private const string NothingYet = "No generation has been published and no event has been read yet. Send interactions, or try again later.";

    /// <summary>Fills <paramref name="rows"/> and <paramref name="scores"/>, most users first.</summary>
    /// <returns>How many there are.</returns>
    public static int Find(LoadedGeneration generation, ReadOnlySpan<ulong> allowed, Span<int> rows, Span<float> scores)
    {
        var found = 0;
        foreach (var row in generation.ByPopularity)
        {
            if (found == rows.Length)
                break;
            if (!ItemSet.Contains(allowed, row))
                continue;
            (rows[found], scores[found]) = (row, generation.Popularity[row]);
            found++;
        }
        return found;
    }

    /// <summary>Adds what is popular while there is no generation, at most k items, most users first.</summary>
    /// <param name="state">What is known.</param>
    /// <param name="rules">What the request asks for.</param>
    /// <param name="left">What else is left out: what the user has touched.</param>
    /// <param name="shown">What earlier pages had, as <see cref="ItemMark"/>s.</param>
    /// <param name="k">How many.</param>
    /// <param name="answer">Takes them.</param>
    /// <exception cref="UnavailableException">Nothing is known yet.</exception>
    /// <exception cref="PreconditionException">The rules are about categories, which are not known yet.</exception>
    public static void BeforeTheFirst(ServingState state, ItemRules rules, Touch[] left, ReadOnlySpan<uint> shown, int k, ICollection<ScoredItem> answer)
    {
        if (state.Popular is not { ItemIds.Count: > 0 } popular)
            throw new UnavailableException(state.Problem.Length == 0 ? NothingYet : $"There is nothing to recommend from yet. {state.Problem}");
        if (rules.HaveCategories)
            throw new PreconditionException("No generation has been published yet, so the items' categories are not known. Ask without categories, or later.");
        var without = new HashSet<string>([.. left.Select(touch => touch.ItemId), .. rules.Excluded], StringComparer.Ordinal);
        var only = rules.Only.Count == 0 ? null : new HashSet<string>(rules.Only, StringComparer.Ordinal);
        for (var i = 0; i < popular.ItemIds.Count && answer.Count < k; i++)
            if (!without.Contains(popular.ItemIds[i]) && !state.Live.HiddenItems.Contains(popular.ItemIds[i]) && only?.Contains(popular.ItemIds[i]) != false
                && (shown.IsEmpty || !shown.Contains(ItemMark.Of(generation: null, popular.ItemIds[i]))))
                answer.Add(new ScoredItem { ItemId = popular.ItemIds[i], Score = popular.Users[i] });
    }
}
