namespace Rearm.Streaming.Models.Training;

/// <summary>Settings that apply to any model; each model uses those that mean something to it.</summary>
public sealed record ModelSettings
{
    /// <summary>Name of the hyper-parameters to start from; null: the model's default.</summary>
    public string? Preset { get; init; }

    /// <summary>Step size in place of the preset's.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Epochs at most, in place of the preset's.</summary>
    public int? MaxEpochs { get; init; }

    /// <summary>Epochs without gain before training stops, in place of the preset's.</summary>
    public int? Patience { get; init; }

    /// <summary>Examples in a step, in place of the preset's.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Hyper-parameters by name (e.g. factors), in place of the preset's; the model's definition lists the names.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Measure the vectors that are served instead of the model's own scores. The two differ for a model whose scores are no inner products.
    /// </summary>
    public bool AsServed { get; init; }

    /// <summary>The modalities to use, in order; null or empty: all of them.</summary>
    public IReadOnlyList<string>? Modalities { get; init; }

    /// <summary>Decides initial values, shuffling, sampling and dropout.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>One of <see cref="TrainingDevice.Names"/>.</summary>
    public string Device { get; init; } = TrainingDevice.Auto;

    /// <summary>CPU threads for tensor operators; 0: one per core.</summary>
    public int Threads { get; init; }
}
