using Rearm.Streaming.Trainer.Model;
using Rearm.Streaming.Trainer.Training;

namespace Rearm.Streaming.Trainer.Evaluation;

/// <summary>What <see cref="OfflineExperiment"/> trains, and how.</summary>
public sealed record OfflineOptions
{
    /// <summary>The model of this project.</summary>
    public const string Rearm = "rearm";

    /// <summary>The items with most users, for everybody.</summary>
    public const string Popularity = "popularity";

    /// <summary>A random order.</summary>
    public const string Random = "random";

    /// <summary>All three.</summary>
    public static IReadOnlyList<string> Models { get; } = [Rearm, Popularity, Random];

    /// <summary>One of <see cref="Models"/>.</summary>
    public string Model { get; init; } = Rearm;

    /// <summary>REARM's hyper-parameters.</summary>
    public RearmHyperParameters Parameters { get; init; } = new();

    /// <summary>The modalities to use, in order; null: all of them.</summary>
    public IReadOnlyList<string>? Modalities { get; init; }

    /// <summary>Decides initial values, shuffling, sampling and dropout.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>auto, cpu or cuda.</summary>
    public string Device { get; init; } = TrainingDevice.Auto;

    /// <summary>CPU threads for tensor operators; 0: one per core.</summary>
    public int Threads { get; init; }
}

/// <summary>How an experiment ended.</summary>
/// <param name="Epochs">Epochs trained.</param>
/// <param name="BestEpoch">The epoch with the best validation Recall@20, whose parameters were tested.</param>
/// <param name="SecondsPerEpoch">Training alone, without evaluation.</param>
/// <param name="Valid">Metrics on validation pairs at that epoch.</param>
/// <param name="Test">Metrics on test pairs at that epoch.</param>
public sealed record OfflineResult(int Epochs, int BestEpoch, double SecondsPerEpoch, RankingMetrics Valid, RankingMetrics Test);
