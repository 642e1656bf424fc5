namespace Rearm.Streaming.Cli.Tuning;

/// <summary>Which search it is: searches with the same identity give the same result. The first line of the journal.</summary>
/// <param name="Version">The journal's layout.</param>
/// <param name="Dataset">The data set's name.</param>
/// <param name="Data">A hash of its training and validation parts.</param>
/// <param name="Model">What is tuned.</param>
/// <param name="Fixed">What is not searched.</param>
/// <param name="Ranges">What is, and where.</param>
/// <param name="Trials">Number of trials.</param>
/// <param name="Epochs">Epochs of the last round; 0: the model is not trained in epochs.</param>
/// <param name="Seed">Of trials and training.</param>
internal sealed record SearchIdentity(
    int Version, string Dataset, string Data, string Model, IReadOnlyDictionary<string, string> Fixed, IReadOnlyList<string> Ranges,
    int Trials, int Epochs, int Seed)
{
    public const int CurrentVersion = 1;

    /// <summary>The first thing that differs, in words; null: nothing.</summary>
    public string? DifferenceTo(SearchIdentity other) =>
        Version != other.Version ? $"its layout is version {other.Version}, this program's is {Version}"
        : Dataset != other.Dataset ? $"its data set is {other.Dataset}, not {Dataset}"
        : Data != other.Data ? $"the data set {Dataset} had other content then"
        : Model != other.Model ? $"its model is {other.Model}, not {Model}"
        : !Ranges.SequenceEqual(other.Ranges) ? "its ranges of hyper-parameters are others"
        : !Fixed.OrderBy(f => f.Key).SequenceEqual(other.Fixed.OrderBy(f => f.Key)) ? "what was fixed with --preset, --set or --modalities is other"
        : Trials != other.Trials ? $"it has {other.Trials} trials, not {Trials}"
        : Epochs != other.Epochs ? $"its last round has {other.Epochs} epochs, not {Epochs}"
        : Seed != other.Seed ? $"its seed is {other.Seed}, not {Seed}"
        : null;
}
