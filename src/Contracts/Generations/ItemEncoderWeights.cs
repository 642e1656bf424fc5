using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Contracts.Generations;

/// <summary>
/// The weights of an item encoder, as PMMRec has it (ICDE 2024): from an item's features, the vector that training would give it. Each modality's vector is
/// prepared as for the training and projected to a token; one layer of BERT fuses the tokens of several modalities; their mean is the item's vector.
/// </summary>
public sealed record ItemEncoderWeights
{
    /// <summary>Modalities at most.</summary>
    public const int MaxModalities = 32;

    /// <summary>Numbers between the layers of the fusion's feed-forward network at most.</summary>
    public const int MaxInnerWidth = 1 << 16;

    /// <summary>
    /// The greatest magnitude of a weight. With it, within the other limits and with prepared features of at most <see cref="MaxFeatureLength"/>, nothing on
    /// the way to an item's vector can overflow.
    /// </summary>
    public const float MaxMagnitude = 256;

    /// <summary>How long a vector of features may be once it is prepared; it has length 1 unless it is taken as it is.</summary>
    public const float MaxFeatureLength = 128;

    /// <summary>Width d of items' vectors, 1 to <see cref="UserEncoderWeights.MaxWidth"/>.</summary>
    public required int Width { get; init; }

    /// <summary>How features are prepared: <see cref="SnapshotSettings.CenteredL2"/> or <see cref="SnapshotSettings.NoPreprocessing"/>.</summary>
    public required string Preprocessing { get; init; }

    /// <summary>A modality each, 1 to <see cref="MaxModalities"/>, in the model's order.</summary>
    public required IReadOnlyList<ItemProjection> Projections { get; init; }

    /// <summary>Of several modalities; null with one.</summary>
    public ItemFusion? Fusion { get; init; }

    private bool IsCentred => Preprocessing == SnapshotSettings.CenteredL2;

    /// <summary>Requires shapes within the limits, weights that are numbers of at most <see cref="MaxMagnitude"/>, and means that are numbers.</summary>
    /// <exception cref="ContractException">Names what is wrong, and its value.</exception>
    public void Check()
    {
        CheckShape(Width, Preprocessing, [.. Projections.Select(p => (p.Modality, p.Inputs))], Fusion?.Heads ?? 0, Fusion?.InnerWidth ?? 0);
        foreach (var (name, values, count, most) in Arrays())
        {
            if (values.Length != count)
                throw new ContractException($"{name} of the item encoder has {values.Length} numbers; {count} are needed at width {Width}.");
            foreach (var value in values)
                // Written so that a NaN is refused.
                if (!(MathF.Abs(value) <= most))
                    throw new ContractException($"{name} of the item encoder has the number {value}; {-most} to {most} is allowed.");
        }
    }

    /// <summary>Requires a shape within the limits.</summary>
    /// <exception cref="ContractException">Names what is wrong, and its value.</exception>
    internal static void CheckShape(int width, string preprocessing, IReadOnlyList<(string Name, int Inputs)> modalities, int heads, int innerWidth)
    {
        if (width is < 1 or > UserEncoderWeights.MaxWidth)
            throw new ContractException($"The item encoder's width is {width}; 1 to {UserEncoderWeights.MaxWidth} is allowed.");
        if (preprocessing is not (SnapshotSettings.CenteredL2 or SnapshotSettings.NoPreprocessing))
            throw new ContractException(
                $"The item encoder's preprocessing is \"{preprocessing}\"; "
                + $"\"{SnapshotSettings.CenteredL2}\" and \"{SnapshotSettings.NoPreprocessing}\" are known.");
        if (modalities.Count is < 1 or > MaxModalities)
            throw new ContractException($"The item encoder has {modalities.Count} modalities; 1 to {MaxModalities} are allowed.");
        foreach (var (name, inputs) in modalities)
            if (inputs is < 1 or > EventRules.MaxDimension)
                throw new ContractException($"Modality \"{name}\" of the item encoder has {inputs} numbers; 1 to {EventRules.MaxDimension} are allowed.");
        if (modalities.Select(modality => modality.Name).Distinct().Count() != modalities.Count)
            throw new ContractException($"The item encoder has a modality twice: {string.Join(", ", modalities.Select(modality => modality.Name))}.");
        if (modalities.Count == 1)
        {
            if (heads != 0 || innerWidth != 0)
                throw new ContractException("The item encoder has one modality, but a fusion of several.");
            return;
        }
        if (heads < 1 || width % heads != 0)
            throw new ContractException($"The item encoder's fusion has {heads} heads, which do not divide its width {width}.");
        if (innerWidth is < 1 or > MaxInnerWidth)
            throw new ContractException($"The item encoder's fusion has an inner width of {innerWidth}; 1 to {MaxInnerWidth} is allowed.");
    }

    /// <summary>Every array in the order in which they are stored, with the numbers that it needs and their greatest magnitude.</summary>
    internal IEnumerable<(string Name, float[] Values, int Count, float Most)> Arrays() =>
        [.. Projections.SelectMany(ArraysOf), .. Fusion is { } fusion ? ArraysOf(fusion) : []];

    private IEnumerable<(string, float[], int, float)> ArraysOf(ItemProjection projection)
    {
        var name = $"the projection of \"{projection.Modality}\"";
        return
        [
            ($"The mean of {name}", projection.Mean, IsCentred ? projection.Inputs : 0, float.MaxValue),
            .. ArraysOf(name, projection.Layer, Width, projection.Inputs),
        ];
    }

    private IEnumerable<(string, float[], int, float)> ArraysOf(ItemFusion fusion) =>
    [
        .. ArraysOf(nameof(fusion.Query), fusion.Query, Width, Width),
        .. ArraysOf(nameof(fusion.Key), fusion.Key, Width, Width),
        .. ArraysOf(nameof(fusion.Value), fusion.Value, Width, Width),
        .. ArraysOf(nameof(fusion.Output), fusion.Output, Width, Width),
        (nameof(fusion.AttentionNormWeight), fusion.AttentionNormWeight, Width, MaxMagnitude),
        (nameof(fusion.AttentionNormBias), fusion.AttentionNormBias, Width, MaxMagnitude),
        .. ArraysOf(nameof(fusion.Inner), fusion.Inner, fusion.InnerWidth, Width),
        .. ArraysOf(nameof(fusion.Outer), fusion.Outer, Width, fusion.InnerWidth),
        (nameof(fusion.OutputNormWeight), fusion.OutputNormWeight, Width, MaxMagnitude),
        (nameof(fusion.OutputNormBias), fusion.OutputNormBias, Width, MaxMagnitude),
    ];

    private static IEnumerable<(string, float[], int, float)> ArraysOf(string name, LinearLayer layer, int outputs, int inputs) =>
    [
        ($"The weight of {name}", layer.Weight, outputs * inputs, MaxMagnitude),
        ($"The bias of {name}", layer.Bias, outputs, MaxMagnitude),
    ];
}
