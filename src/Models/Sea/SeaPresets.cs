namespace Rearm.Streaming.Models.Sea;

/// <summary>Hyper-parameters of SEA by name.</summary>
public static class SeaPresets
{
    /// <summary>The preset where none is named: the program's one setting for all data sets.</summary>
    public const string Default = "published";

    private const string TikTokName = "tiktok";

    /// <summary>The names <see cref="Get"/> knows, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } = [Default, TikTokName];

    /// <summary>The preset of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static SeaHyperParameters Get(string name) => name switch
    {
        Default => Published,
        TikTokName => TikTok,
        _ => throw new ArgumentException($"There is no preset \"{name}\"; choose one of {string.Join(", ", Names)}.", nameof(name)),
    };

    private static SeaHyperParameters Published { get; } = new();

    // As a short run of the program's own classes was set up on tiktok: modalities of one width weigh the same in the graph. Not tuned.
    private static SeaHyperParameters TikTok { get; } = new() { FirstModalityWeight = 0.5, LearningRate = 1e-3 };
}
