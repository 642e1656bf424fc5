namespace Rearm.Streaming.Models.Training;

/// <summary>What a checkpoint is of, so that it can be used away from the Trainer that made it.</summary>
/// <param name="Model">The model's name in the catalogue.</param>
/// <param name="HyperParameters">All of them, by the names in <see cref="ModelSettings.Parameters"/>.</param>
/// <param name="Run">The run that made it; a generation's settings say the same under "run".</param>
/// <param name="StartedFrom">The checksum of the file that the first of its runs began from (Trainer:StartFrom); empty: none.</param>
public sealed record CheckpointDescription(string Model, IReadOnlyDictionary<string, string> HyperParameters, string Run, string StartedFrom);
