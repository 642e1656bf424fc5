using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Trainer;

/// <summary>When and how to train (configuration section "Trainer").</summary>
public sealed class TrainerOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Trainer";

    /// <summary>For <see cref="FirstGeneration"/>: there is no such thing.</summary>
    public const string NoFirstGeneration = "none";

    private const string PublishUnmeasured = "publish";
    private const string KeepUnmeasuredOut = "keep-out";
    private const string HalfPrecision = "half";
    private const string SinglePrecision = "single";

    /// <summary>Folder for the parameters that the next run starts from; created when needed.</summary>
    [Required]
    public string CheckpointDirectory { get; set; } = "data/trainer";

    /// <summary>Retrain this long after the last run, if there is a newer snapshot; 0: not after a time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Retrain at these times, if there is a newer snapshot, or as soon after as there is one; a cron expression of five fields (minute, hour, day, month,
    /// day of week), e.g. "0 3 * * *" for three o'clock each night. In place of <see cref="Interval"/>; empty: none.
    /// </summary>
    public string Cron { get; set; } = "";

    /// <summary>The time zone of <see cref="Cron"/>, by its IANA or Windows name, e.g. Europe/Berlin.</summary>
    [Required]
    public string CronTimeZone { get; set; } = "UTC";

    /// <summary>Retrain when a snapshot's interactions are this many more, or fewer, than those of the one trained on last; 0: not by number.</summary>
    [Range(0, long.MaxValue)]
    public long MinNewInteractions { get; set; } = 1000;

    /// <summary>How often to look for a new snapshot.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long after a Trainer has vanished, or has been paused, another one may train in its place. A run is given up when Redis can't be reached for this long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>What to train: a name from the model catalogue (rearm evaluate --help lists them), or two with a + between, e.g. rearm+ials.</summary>
    [Required]
    public string Model { get; set; } = ModelCatalogue.Default;

    /// <summary>
    /// A quick model that is published first while there is no generation yet, so that answers need not wait for the first run of <see cref="Model"/>;
    /// none: wait. Unused where <see cref="Model"/> itself takes no epochs.
    /// </summary>
    [Required]
    public string FirstGeneration { get; set; } = "ials";

    /// <summary>Hyper-parameters to start from, by name; empty: the model's default.</summary>
    public string Preset { get; set; } = "";

    /// <summary>A file with hyper-parameters, as rearm tune writes it, in place of the preset's; empty: none.</summary>
    public string PresetFile { get; set; } = "";

    /// <summary>Hyper-parameters in place of the preset's, as name=value, separated by commas, e.g. factors=128,alpha=40; docs/model.md names them.</summary>
    public string Parameters { get; set; } = "";

    /// <summary>
    /// A file with a trained model of the kind of <see cref="Model"/>, from another installation (rearm models import), to start from until the runs from there
    /// have kept parameters of their own; empty: none. The file has to stay.
    /// </summary>
    public string StartFrom { get; set; } = "";

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

    /// <summary>
    /// A new generation is kept out when it is worse than the one being served by more than this share of the served one's Recall@20, with a confidence of 95%,
    /// on held-out interactions that neither was trained on; 0: whenever it is worse at all; 1: never.
    /// </summary>
    [Range(0.0, 1.0)]
    public double GateTolerance { get; set; } = 0.05;

    /// <summary>With fewer users than this to measure both generations on, the new one could not be measured.</summary>
    [Range(2, int.MaxValue)]
    public int GateMinUsers { get; set; } = 100;

    /// <summary>What to do with a generation that could not be measured against the one being served: publish or keep-out.</summary>
    [AllowedValues(
        PublishUnmeasured, KeepUnmeasuredOut, ErrorMessage = $"{Section}:{nameof(GateUnmeasured)}: choose {PublishUnmeasured} or {KeepUnmeasuredOut}.")]
    public string GateUnmeasured { get; set; } = PublishUnmeasured;

    /// <summary>Generations kept in Redis, the current one included.</summary>
    [Range(1, 100)]
    public int KeepGenerations { get; set; } = 3;

    /// <summary>What <see cref="Cron"/> says; null: nothing.</summary>
    internal CronSchedule? Schedule => CronSchedule.Parse(Cron, CronTimeZone);

    /// <summary>
    /// How the numbers of users' vectors are stored in Redis: half (two bytes each) or single (four); docs/operations.md has what half costs in recall.
    /// </summary>
    [AllowedValues(HalfPrecision, SinglePrecision, ErrorMessage = $"{Section}:{nameof(UserVectorPrecision)}: choose {HalfPrecision} or {SinglePrecision}.")]
    public string UserVectorPrecision { get; set; } = HalfPrecision;

    /// <summary><see cref="UserVectorPrecision"/> as the publisher takes it.</summary>
    internal VectorPrecision StoredPrecision => UserVectorPrecision == SinglePrecision ? VectorPrecision.Full : VectorPrecision.Half;

    /// <summary><see cref="GateUnmeasured"/> as the gate takes it.</summary>
    internal bool KeepsUnmeasuredOut => GateUnmeasured == KeepUnmeasuredOut;

    /// <summary>The model's settings that these options amount to.</summary>
    /// <exception cref="ArgumentException"><see cref="PresetFile"/> or <see cref="Parameters"/> make no sense.</exception>
    internal ModelSettings ModelSettings => PresetFile.Length == 0 ? OwnSettings : Models.Training.PresetFile.Read(PresetFile).Beneath(OwnSettings, Model);

    /// <summary>What <see cref="StartFrom"/> says; null: nothing.</summary>
    /// <exception cref="ArgumentException">The file can't be used, or is of another model.</exception>
    internal ModelFile? Start => StartFrom.Length == 0 ? null : ModelFile.Read(StartFrom).Of(Model);

    /// <summary>The settings of a model that these options are not about: its own defaults, on the same device and data.</summary>
    internal ModelSettings DefaultSettings => new() { AsServed = true, Modalities = ParseModalities(), Seed = Seed, Device = Device, Threads = Threads };

    private ModelSettings OwnSettings => new()
    {
        Preset = Preset.Length == 0 ? null : Preset,
        Parameters = ParseParameters(),
        // What is measured is what is served.
        AsServed = true,
        LearningRate = LearningRate,
        MaxEpochs = MaxEpochs,
        Patience = Patience,
        BatchSize = BatchSize,
        Modalities = ParseModalities(),
        Seed = Seed,
        Device = Device,
        Threads = Threads,
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.GetInvalidPathChars().Any(CheckpointDirectory.Contains))
            yield return new(
                $"{Section}:{nameof(CheckpointDirectory)} is \"{CheckpointDirectory}\", which is not a valid path. "
                + "Name a folder.", [nameof(CheckpointDirectory)]);
        if (!TrainingDevice.Names.Contains(Device))
            yield return OneOf(nameof(Device), Device, TrainingDevice.Names);
        if (Problem(() => CronSchedule.Parse(Cron, CronTimeZone)) is { } schedule)
            yield return new(schedule, [nameof(Cron)]);
        // One that is trained in epochs is not quick.
        var quick = ModelCatalogue.All.Where(m => m.MaxEpochs(new()) == 0).Select(m => m.Name).Prepend(NoFirstGeneration).ToList();
        if (!quick.Contains(FirstGeneration))
            yield return OneOf(nameof(FirstGeneration), FirstGeneration, quick);
        if (Problem(() => ModelCatalogue.Get(Model)) is { } unknown)
            yield return new($"{Section}:{nameof(Model)}: {unknown}", [nameof(Model)]);
        else if (Preset.Length > 0 && ModelCatalogue.Get(Model).Presets is var presets && !presets.Contains(Preset))
            yield return presets.Count == 0
                ? new($"{Section}:{nameof(Preset)} is \"{Preset}\", but the model {Model} has no presets; leave it empty.", [nameof(Preset)])
                : OneOf(nameof(Preset), Preset, presets);
        else if (Problem(() => ModelCatalogue.Get(Model).Check(OwnSettings)) is { } wrong)
            yield return new($"{Section}:{nameof(Parameters)}: {wrong}", [nameof(Parameters)]);
        else if (Problem(() => ModelCatalogue.Get(Model).Check(ModelSettings)) is { } unusable)
            yield return new($"{Section}:{nameof(PresetFile)}: {unusable}", [nameof(PresetFile)]);
        else if (Problem(() => _ = Start) is { } foreign)
            yield return new($"{Section}:{nameof(StartFrom)}: {foreign}", [nameof(StartFrom)]);
    }

    private string[] ParseModalities() => Modalities.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private Dictionary<string, string> ParseParameters()
    {
        var parameters = new Dictionary<string, string>();
        foreach (var pair in Parameters.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            if (pair.Split('=', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, { Length: > 0 } value] || !parameters.TryAdd(name, value))
                throw new ArgumentException($"\"{pair}\" is no name=value, or names something twice; factors=128,seed=1 is of the form that is needed.");
        return parameters;
    }

    private static string? Problem(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }
    }

    private static ValidationResult OneOf(string name, string value, IEnumerable<string> choices) =>
        new($"{Section}:{name} is \"{value}\"; choose one of {string.Join(", ", choices)}.", [name]);
}
