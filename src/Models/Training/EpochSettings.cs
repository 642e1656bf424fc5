namespace Rearm.Streaming.Models.Training;

/// <summary>Hyper-parameters of models that are trained in epochs, with what the settings put in their place.</summary>
internal static class EpochSettings
{
    /// <param name="defaults">Of the model, or of a preset.</param>
    /// <param name="settings">What users set.</param>
    /// <exception cref="ArgumentException">A hyper-parameter is unknown, out of range, or set in two ways.</exception>
    internal static T With<T>(this T defaults, ModelSettings settings) where T : EpochParameters, new()
    {
        if (SetIn(settings).FirstOrDefault(settings.Parameters.ContainsKey) is { } twice)
            throw new ArgumentException($"The hyper-parameter {twice} is set in two ways: by a setting of its own and among the hyper-parameters by name. Leave one of them out.");
        return HyperParameters.With((T)(defaults with
        {
            LearningRate = settings.LearningRate ?? defaults.LearningRate,
            MaxEpochs = settings.MaxEpochs ?? defaults.MaxEpochs,
            Patience = settings.Patience ?? defaults.Patience,
            BatchSize = settings.BatchSize ?? defaults.BatchSize,
        }), settings.Parameters);
    }

    /// <summary>The names of hyper-parameters for which settings have a value of their own.</summary>
    internal static IEnumerable<string> SetIn(ModelSettings settings) =>
        from own in new (string Property, object? Value)[]
        {
            (nameof(settings.LearningRate), settings.LearningRate), (nameof(settings.MaxEpochs), settings.MaxEpochs),
            (nameof(settings.Patience), settings.Patience), (nameof(settings.BatchSize), settings.BatchSize),
        }
        where own.Value is not null
        select HyperParameters.NameOf(own.Property);
}
