using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer;

/// <summary>When and how to train (configuration section "Trainer").</summary>
public sealed class TrainerOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trainer";

    /// <summary>Folder for the parameters that the next run starts from; created when needed.</summary>
    [Required]
    public string CheckpointDirectory { get; set; } = "data/trainer";

    /// <summary>Retrain this long after the last run, if there is a newer snapshot; 0: not on schedule.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Retrain when a snapshot has this many more interactions than the one trained on last; 0: not by number.</summary>
    [Range(0, long.MaxValue)]
    public long MinNewInteractions { get; set; } = 1000;

    /// <summary>How often to look for a new snapshot.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What to train: a name from the model catalogue (rearm evaluate --help lists them).</summary>
    [Required]
    public string Model { get; set; } = ModelCatalogue.Default;

    /// <summary>Hyper-parameters to start from, by name; empty: the model's default.</summary>
    public string Preset { get; set; } = "";

    /// <summary>auto (CUDA where there is any), cpu or cuda.</summary>
    [Required]
    public string Device { get; set; } = TrainingDevice.Auto;

    /// <summary>CPU threads for tensor operators; 0: one per core.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>The optimizer's step size, in place of the preset's.</summary>
    [Range(1e-8, 10.0)]
    public double? LearningRate { get; set; }

    /// <summary>Epochs at most, in place of the preset's.</summary>
    [Range(1, 100_000)]
    public int? MaxEpochs { get; set; }

    /// <summary>Epochs without gain before training stops, in place of the preset's.</summary>
    [Range(1, 100_000)]
    public int? Patience { get; set; }

    /// <summary>Examples in a step, in place of the preset's.</summary>
    [Range(1, 1 << 20)]
    public int? BatchSize { get; set; }

    /// <summary>Decides initial values, shuffling, sampling and dropout.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Modalities to use, separated by commas, in order; empty: all of them, visual ones first.</summary>
    public string Modalities { get; set; } = "";

    /// <summary>Users whose newest interaction is held out to measure a run, at most; 0: unlimited.</summary>
    [Range(0, int.MaxValue)]
    public int MaxValidationUsers { get; set; } = 5000;

    /// <summary>Generations kept in Redis, the current one included.</summary>
    [Range(1, 100)]
    public int KeepGenerations { get; set; } = 3;

    /// <summary>The model's settings that these options amount to.</summary>
    internal ModelSettings ModelSettings => new()
    {
        Preset = Preset.Length == 0 ? null : Preset,
        LearningRate = LearningRate,
        MaxEpochs = MaxEpochs,
        Patience = Patience,
        BatchSize = BatchSize,
        Modalities = Modalities.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        Seed = Seed,
        Device = Device,
        Threads = Threads,
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.GetInvalidPathChars().Any(CheckpointDirectory.Contains))
            yield return new($"{Section}:{nameof(CheckpointDirectory)} is \"{CheckpointDirectory}\", which is not a valid path.", [nameof(CheckpointDirectory)]);
        if (!TrainingDevice.Names.Contains(Device))
            yield return OneOf(nameof(Device), Device, TrainingDevice.Names);
        if (!ModelCatalogue.Names.Contains(Model))
            yield return OneOf(nameof(Model), Model, ModelCatalogue.Names);
        else if (Preset.Length > 0 && ModelCatalogue.Get(Model).Presets is var presets && !presets.Contains(Preset))
            yield return presets.Count == 0
                ? new($"{Section}:{nameof(Preset)} is \"{Preset}\", but the model {Model} has no presets; leave it empty.", [nameof(Preset)])
                : OneOf(nameof(Preset), Preset, presets);
    }

    private static ValidationResult OneOf(string name, string value, IEnumerable<string> choices) =>
        new($"{Section}:{name} is \"{value}\"; choose one of {string.Join(", ", choices)}.", [name]);
}
