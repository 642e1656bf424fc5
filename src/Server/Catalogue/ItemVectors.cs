using Rearm.Streaming.Contracts.Generations;
namespace Rearm.Streaming.Server.Catalogue;

/// <summary>The item matrix of a generation, as floats and as <see cref="ItemCodes"/>. It never changes, but may get an index.</summary>
internal sealed class ItemVectors
{
    private volatile ApproximateIndex? _approximate;

    // A vector that is shorter has no direction to speak of; its inverse might overflow.
    private static readonly float Shortest = MathF.ScaleB(1, -60);

    /// <param name="matrix">Row-major, items x width; kept, not copied.</param>
    /// <param name="width">Numbers in a row; at least 1.</param>
    /// <exception cref="ArgumentException">The matrix is not so wide, or a row can't be served (<see cref="VectorRules"/>).</exception>
    public ItemVectors(float[] matrix, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (matrix.Length % width != 0)
            throw new ArgumentException($"{matrix.Length} numbers are no whole rows of {width}.", nameof(matrix));
        Matrix = matrix;
        Width = width;
        Count = matrix.Length / width;
        InverseLengths = new float[Count];
        for (var row = 0; row < Count; row++)
        {
            if (VectorRules.Problem(this[row], out var length) is { } problem)
                throw new ArgumentException($"Row {row} {problem}.", nameof(matrix));
            InverseLengths[row] = InverseOf(length);
        }
        Codes = new(matrix, width);
    }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>Numbers in a row.</summary>
    public int Width { get; }

    /// <summary>Row-major, <see cref="Count"/> x <see cref="Width"/>.</summary>
    public float[] Matrix { get; }

    /// <summary>1 / length of each row; 0 for one that is zero or shorter than 2^-60.</summary>
    public float[] InverseLengths { get; }

    /// <summary>What a scan reads first.</summary>
    public ItemCodes Codes { get; }

    /// <summary>What may answer instead of a scan; null: nothing. Set when it has been found to be good enough.</summary>
    public ApproximateIndex? Approximate
    {
        get => _approximate;
        set => _approximate = value;
    }

    /// <summary>1 / length of a vector; 0 for one that is zero or shorter than 2^-60.</summary>
    public static float InverseLength(float[] vector) => InverseOf(VectorRules.Length(vector));

    /// <summary>A row.</summary>
    public ReadOnlySpan<float> this[int row] => Matrix.AsSpan(row * Width, Width);

    private static float InverseOf(double length) => length >= Shortest ? 1 / (float)length : 0;
}
