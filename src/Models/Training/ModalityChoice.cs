using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Models.Training;

/// <summary>Which modalities the model reads, in which order. The first one has a weight of its own in the similarity graphs.</summary>
internal static class ModalityChoice
{
    private static readonly string[] Visual = ["image", "visual", "v_feat"];

    /// <param name="available">The snapshot's.</param>
    /// <param name="wanted">Names in the order wanted; null or none: all of them, what is visual first, as the paper's weights are for images.</param>
    /// <returns>Positions in <paramref name="available"/>.</returns>
    /// <exception cref="ArgumentException">A name is not among them, or is named twice.</exception>
    internal static int[] Resolve(IReadOnlyList<ModalityFeatures> available, IReadOnlyList<string>? wanted)
    {
        var names = available.Select(m => m.Name).ToArray();
        if (wanted is null or { Count: 0 })
            return [.. Enumerable.Range(0, names.Length).OrderBy(m => !Visual.Any(v => names[m].StartsWith(v, StringComparison.OrdinalIgnoreCase)))];
        var chosen = wanted.Select(name => Array.IndexOf(names, name)).ToArray();
        for (var i = 0; i < chosen.Length; i++)
            if (chosen[i] < 0)
                throw new ArgumentException($"There is no modality \"{wanted[i]}\"; there is {(names.Length == 0 ? "none" : string.Join(", ", names))}.");
        return chosen.Distinct().Count() == chosen.Length ? chosen : throw new ArgumentException($"A modality is named twice in {string.Join(", ", wanted)}.");
    }
}
