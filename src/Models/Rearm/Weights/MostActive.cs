using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Models.Rearm.Weights;

/// <summary>The k nodes with most training interactions, with their shares of those k nodes' interactions; ties by <see cref="StableHash"/>.</summary>
internal sealed record MostActive(int[] Nodes, float[] Shares)
{
    internal static MostActive Of(int[] degrees, IReadOnlyList<string> ids, int k)
    {
        var nodes = Enumerable.Range(0, degrees.Length)
            .Where(n => degrees[n] > 0)
            .OrderByDescending(n => degrees[n])
            .ThenBy(n => StableHash.Of(ids[n]))
            .Take(k)
            .ToArray();
        var total = nodes.Sum(n => (double)degrees[n]);
        return new(nodes, Array.ConvertAll(nodes, n => (float)(degrees[n] / total)));
    }
}
