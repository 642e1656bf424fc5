namespace Rearm.Streaming.Models.Training;

/// <summary>Hyper-parameters of models that are trained in epochs, with what the settings put in their place.</summary>
internal static class EpochSettings
{
    /// <param name="defaults">Of the model, or of a preset.</param>
    /// <param name="settings">What users set.</param>
    /// <exception cref="ArgumentException">A hyper-parameter is unknown or out of range.</exception>
    internal static T With<T>(this T defaults, ModelSettings settings) where T : EpochParameters, new() => HyperParameters.With((T)(defaults with
    {
        LearningRate = settings.LearningRate ?? defaults.LearningRate,
        MaxEpochs = settings.MaxEpochs ?? defaults.MaxEpochs,
        Patience = settings.Patience ?? defaults.Patience,
        BatchSize = settings.BatchSize ?? defaults.BatchSize,
    }), settings.Parameters);
}
