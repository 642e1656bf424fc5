namespace Rearm.Streaming.Contracts.Generations;

/// <summary>
/// The weights of a SASRec user encoder (Kang and McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018) in its post-norm form, as PMMRec has it
/// (ICDE 2024): from the vectors of the newest items that a user touched, a vector of the user to compare with the items'.
/// </summary>
public sealed record UserEncoderWeights
{
    /// <summary>Numbers in a vector at most.</summary>
    public const int MaxWidth = 1024;

    /// <summary>Items of a sequence at most; the live state of a user holds so many (GraphBuilder:MaxSeenPerUser).</summary>
    public const int MaxLength = 200;

    /// <summary>Blocks at most.</summary>
    public const int MaxBlocks = 8;

    /// <summary>The greatest magnitude of a weight. With it, and within the other limits, nothing on the way to a user's vector can overflow.</summary>
    public const float MaxMagnitude = 1024;

    /// <summary>Width d of items' and users' vectors, 1 to <see cref="MaxWidth"/>.</summary>
    public required int Width { get; init; }

    /// <summary>L: how many of the newest items are read, 1 to <see cref="MaxLength"/>.</summary>
    public required int Length { get; init; }

    /// <summary>Heads of each attention; divides <see cref="Width"/>.</summary>
    public required int Heads { get; init; }

    /// <summary>L x d, added to the items' vectors; the newest item has the last row, whatever their number.</summary>
    public required float[] Positions { get; init; }

    /// <summary>Scale of the norm before the first block: d.</summary>
    public required float[] InputNormWeight { get; init; }

    /// <summary>Shift of the norm before the first block: d.</summary>
    public required float[] InputNormBias { get; init; }

    /// <summary>1 to <see cref="MaxBlocks"/>.</summary>
    public required IReadOnlyList<UserEncoderBlock> Blocks { get; init; }

    /// <summary>Requires shapes within the limits, and weights that are numbers of at most <see cref="MaxMagnitude"/>.</summary>
    /// <exception cref="ContractException">Names what is wrong, and its value.</exception>
    public void Check()
    {
        CheckShape(Width, Length, Heads, Blocks.Count);
        foreach (var (name, values, count) in Arrays())
        {
            if (values.Length != count)
                throw new ContractException(
                    $"{name} of the user encoder has {values.Length} numbers; {count} are needed at width {Width} and length {Length}.");
            foreach (var value in values)
                // Written so that a NaN is refused.
                if (!(MathF.Abs(value) <= MaxMagnitude))
                    throw new ContractException($"{name} of the user encoder has the number {value}; {-MaxMagnitude} to {MaxMagnitude} is allowed.");
        }
    }

    /// <summary>Requires a shape within the limits.</summary>
    /// <exception cref="ContractException">Names what is wrong, and its value.</exception>
    internal static void CheckShape(int width, int length, int heads, int blocks)
    {
        if (width is < 1 or > MaxWidth)
            throw new ContractException($"The user encoder's width is {width}; 1 to {MaxWidth} is allowed.");
        if (length is < 1 or > MaxLength)
            throw new ContractException($"The user encoder's length is {length}; 1 to {MaxLength} items are allowed.");
        if (heads < 1 || width % heads != 0)
            throw new ContractException($"The user encoder has {heads} heads, which do not divide its width {width}.");
        if (blocks is < 1 or > MaxBlocks)
            throw new ContractException($"The user encoder has {blocks} blocks; 1 to {MaxBlocks} are allowed.");
    }

    /// <summary>Every array in the order in which they are stored, with the numbers that it needs.</summary>
    internal IEnumerable<(string Name, float[] Values, int Count)> Arrays()
    {
        yield return (nameof(Positions), Positions, Length * Width);
        yield return (nameof(InputNormWeight), InputNormWeight, Width);
        yield return (nameof(InputNormBias), InputNormBias, Width);
        foreach (var (at, block) in Blocks.Index())
        {
            yield return (Name(nameof(block.Query)), block.Query, Width * Width);
            yield return (Name(nameof(block.Key)), block.Key, Width * Width);
            yield return (Name(nameof(block.Value)), block.Value, Width * Width);
            yield return (Name(nameof(block.Output)), block.Output, Width * Width);
            yield return (Name(nameof(block.AttentionNormWeight)), block.AttentionNormWeight, Width);
            yield return (Name(nameof(block.AttentionNormBias)), block.AttentionNormBias, Width);
            yield return (Name(nameof(block.Inner)), block.Inner, 4 * Width * Width);
            yield return (Name(nameof(block.InnerBias)), block.InnerBias, 4 * Width);
            yield return (Name(nameof(block.Outer)), block.Outer, 4 * Width * Width);
            yield return (Name(nameof(block.OuterBias)), block.OuterBias, Width);
            yield return (Name(nameof(block.OutputNormWeight)), block.OutputNormWeight, Width);
            yield return (Name(nameof(block.OutputNormBias)), block.OutputNormBias, Width);

            string Name(string array) => $"{array} of block {at}";
        }
    }
}
