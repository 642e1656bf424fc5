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

    // Modalities of one width weigh the same in the graph. The step size was chosen on validation, of 1e-3 and this one; nothing else was searched.
    private static SeaHyperParameters TikTok { get; } = new() { FirstModalityWeight = 0.5, LearningRate = 3e-4 };
}
