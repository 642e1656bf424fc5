namespace Rearm.Streaming.Models.Training;

/// <summary>Hyper-parameters with what the settings put in their place.</summary>
internal static class EmbeddingSettings
{
    /// <exception cref="ArgumentException">A hyper-parameter is unknown or out of range.</exception>
    internal static T With<T>(this T defaults, ModelSettings settings) where T : EpochParameters, new() => HyperParameters.With((T)(defaults with
    {
        LearningRate = settings.LearningRate ?? defaults.LearningRate,
        MaxEpochs = settings.MaxEpochs ?? defaults.MaxEpochs,
        Patience = settings.Patience ?? defaults.Patience,
        BatchSize = settings.BatchSize ?? defaults.BatchSize,
    }), settings.Parameters);

    /// <summary>Where they are searched: around what papers and libraries use, wide enough that the best is rarely at an end.</summary>
    internal static IReadOnlyList<SearchRange> Ranges { get; } =
    [
        SearchRange.Choice("dimension", 32, 64, 128),
        SearchRange.Log("learning_rate", 3e-4, 3e-2),
        SearchRange.Log("decay", 1e-6, 1e-1),
        SearchRange.Choice("batch_size", 512, 1024, 2048, 4096),
    ];
}
