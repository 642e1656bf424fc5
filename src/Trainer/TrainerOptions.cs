using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Trainer.Model;

namespace Rearm.Streaming.Trainer;

/// <summary>When and how to train (configuration section "Trainer").</summary>
public sealed class TrainerOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trainer";

    /// <summary>Folder for the parameters that the next run starts from; made when needed.</summary>
    [Required]
    public string CheckpointDirectory { get; set; } = "data/trainer";

    /// <summary>Train anew this long after the last run, if there is a newer snapshot; 0: not on schedule.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Train anew when a snapshot has this many more interactions than the one trained last; 0: not by number.</summary>
    [Range(0, long.MaxValue)]
    public long MinNewInteractions { get; set; } = 1000;

    /// <summary>How often to look for a new snapshot.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>auto (CUDA where there is any), cpu or cuda.</summary>
    [Required, RegularExpression("auto|cpu|cuda", ErrorMessage = "Trainer:Device must be auto, cpu or cuda.")]
    public string Device { get; set; } = "auto";

    /// <summary>CPU threads for tensor operators; 0: one per core.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>Hyper-parameters to start from: baby, sports, clothing or tiktok.</summary>
    [Required, RegularExpression("baby|sports|clothing|tiktok", ErrorMessage = "Trainer:Preset must be baby, sports, clothing or tiktok.")]
    public string Preset { get; set; } = "tiktok";

    /// <summary>AdamW's step size, in place of the preset's.</summary>
    [Range(1e-8, 10.0)]
    public double? LearningRate { get; set; }

    /// <summary>Epochs at most, in place of the preset's.</summary>
    [Range(1, 100_000)]
    public int? MaxEpochs { get; set; }

    /// <summary>Epochs without gain before training stops, in place of the preset's.</summary>
    [Range(1, 100_000)]
    public int? Patience { get; set; }

    /// <summary>Triples in a step, in place of the preset's.</summary>
    [Range(1, 1 << 20)]
    public int? BatchSize { get; set; }

    /// <summary>Decides initial values, shuffling, sampling and dropout.</summary>
    public int Seed { get; set; } = 1;

    /// <summary>Modalities to use, separated by commas, in order; empty: all of them, what is visual first.</summary>
    public string Modalities { get; set; } = "";

    /// <summary>Users whose newest interaction is held out to measure a run, at most; 0: unlimited.</summary>
    [Range(0, int.MaxValue)]
    public int MaxValidationUsers { get; set; } = 5000;

    /// <summary>Generations kept in Redis, the current one among them.</summary>
    [Range(1, 100)]
    public int KeepGenerations { get; set; } = 3;

    /// <summary>The hyper-parameters these options amount to.</summary>
    internal RearmHyperParameters Parameters()
    {
        var preset = RearmPresets.Get(Preset);
        return preset with
        {
            LearningRate = LearningRate ?? preset.LearningRate,
            MaxEpochs = MaxEpochs ?? preset.MaxEpochs,
            Patience = Patience ?? preset.Patience,
            BatchSize = BatchSize ?? preset.BatchSize,
        };
    }

    internal IReadOnlyList<string>? ModalityNames() =>
        Modalities.Length == 0 ? null : Modalities.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.GetInvalidPathChars().Any(CheckpointDirectory.Contains))
            yield return new($"{Section}:{nameof(CheckpointDirectory)} is \"{CheckpointDirectory}\", which is no folder's name.", [nameof(CheckpointDirectory)]);
    }
}
