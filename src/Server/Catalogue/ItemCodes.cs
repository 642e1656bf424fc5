using Rearm.Streaming.Contracts.Generations;
namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// The item matrix in a byte per number: row r is about s c, with a scale s of its own and whole numbers c from -63 to 63. What rounding lost is
/// measured, not estimated, which is what makes bounds on inner products provable.
/// </summary>
internal sealed unsafe class ItemCodes
{
    /// <summary>The greatest |c|. 127 * 64 * 2 * 2 products still fit in 16 bits, so that two multiplications are summed before sums are widened.</summary>
    public const int Greatest = 63;

    /// <summary>What is added to c to make it a byte without a sign, as the multiply instructions want one of their two operands.</summary>
    public const int Bias = 64;

    private readonly PinnedArray<byte> _codes;
    private readonly PinnedArray<float> _scales;
    private readonly PinnedArray<float> _residuals;
    private readonly PinnedArray<float> _lengths;

    /// <param name="matrix">Row-major, rows x width, every row by <see cref="VectorRules"/>.</param>
    /// <param name="width">Numbers in a row.</param>
    public ItemCodes(float[] matrix, int width)
    {
        var rows = matrix.Length / width;
        Blocks = CodeLayout.Blocks(rows);
        Groups = CodeLayout.Groups(width);
        _codes = new(checked(Blocks * Groups * CodeLayout.GroupBytes));
        _scales = new(Blocks * CodeLayout.BlockRows);
        _residuals = new(Blocks);
        _lengths = new(Blocks);
        // Answers go on meanwhile, from the generation before, and need the other cores.
        var aside = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, Environment.ProcessorCount / 4) };
        Parallel.For(0, Blocks, aside, block => Encode(block, matrix, rows, width));
    }

    /// <summary>Blocks of rows (<see cref="CodeLayout"/>).</summary>
    public int Blocks { get; }

    /// <summary>Groups of columns.</summary>
    public int Groups { get; }

    /// <summary>The codes c + <see cref="Bias"/>, by <see cref="CodeLayout"/>.</summary>
    public byte* Codes => _codes.Pointer;

    /// <summary>The scale s of each row, never less than the smallest normal float.</summary>
    public float* Scales => _scales.Pointer;

    /// <summary>The greatest |r - s c| / s in each block, rounded up.</summary>
    public float* Residuals => _residuals.Pointer;

    /// <summary>The greatest |r| / s in each block, rounded up.</summary>
    public float* Lengths => _lengths.Pointer;

    /// <summary>Bytes it takes.</summary>
    public long Bytes => _codes.Bytes + _scales.Bytes + _residuals.Bytes + _lengths.Bytes;

    /// <summary>A double rounded up to a float, by more than what summing squares in double precision may have lost.</summary>
    public static float RoundUp(double value) => MathF.BitIncrement((float)(value * (1 + 1e-9)));

    private void Encode(int block, float[] matrix, int rows, int width)
    {
        var bytes = _codes.Span.Slice(block * Groups * CodeLayout.GroupBytes, Groups * CodeLayout.GroupBytes);
        bytes.Fill(Bias);
        var (residual, length) = (0.0, 0.0);
        for (var place = 0; place < CodeLayout.BlockRows; place++)
        {
            var row = block * CodeLayout.BlockRows + place;
            var vector = row < rows ? matrix.AsSpan(row * width, width) : [];
            var greatest = 0f;
            foreach (var value in vector)
                greatest = Math.Max(greatest, Math.Abs(value));
            var scale = Math.Max(greatest / Greatest, MathF.ScaleB(1, -126));
            _scales.Pointer[row] = scale;
            // Any c will do, as what it leaves is measured below: scale * c is exact in double precision, and so is the difference.
            var inverse = 1.0 / scale;
            var (left, squares) = (0.0, 0.0);
            for (var column = 0; column < vector.Length; column++)
            {
                double value = vector[column];
                var code = (int)Math.Clamp(Math.Round(value * inverse), -Greatest, Greatest);
                var lost = value - (double)scale * code;
                left += lost * lost;
                squares += value * value;
                var (group, inGroup) = (column / CodeLayout.GroupColumns, column % CodeLayout.GroupColumns);
                bytes[group * CodeLayout.GroupBytes + place * CodeLayout.GroupColumns + inGroup] = (byte)(code + Bias);
            }
            residual = Math.Max(residual, Math.Sqrt(left) * inverse);
            length = Math.Max(length, Math.Sqrt(squares) * inverse);
        }
        _residuals.Pointer[block] = RoundUp(residual);
        _lengths.Pointer[block] = RoundUp(length);
    }
}
