using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>Recommends to everyone the items that most users have clicked, except those the user has: what a model has to beat.</summary>
internal sealed class PopularityBaseline
{
    private readonly string[] _ranking;
    private readonly Dictionary<string, HashSet<string>> _seen;

    public PopularityBaseline(IEnumerable<Interaction> clicks)
    {
        _seen = clicks.GroupBy(c => c.UserId).ToDictionary(g => g.Key, g => g.Select(c => c.ItemId).ToHashSet());
        _ranking = [.. _seen.Values
            .SelectMany(items => items)
            .CountBy(item => item)
            .OrderByDescending(count => count.Value)
            .ThenBy(count => StableHash.Of(count.Key))
            .Select(count => count.Key)];
    }

    /// <summary>The k most popular items the user has not seen.</summary>
    public IReadOnlyList<string> Recommend(string user, int k)
    {
        var seen = _seen.GetValueOrDefault(user);
        return [.. _ranking.Where(item => seen is null || !seen.Contains(item)).Take(k)];
    }
}
