namespace Rearm.Streaming.Contracts.Generations;

/// <summary>Which vectors can be served: those whose inner products can't overflow, so that every score is a number.</summary>
public static class VectorRules
{
    /// <summary>The length a stored vector may have. A query made of a thousand of them may be 2^10 times as long.</summary>
    public const double MaxLength = 1L << 50;

    /// <summary>What is wrong with a vector, to be read after its name; null if it can be served.</summary>
    public static string? Problem(ReadOnlySpan<float> vector) => Problem(vector, out _);

    /// <inheritdoc cref="Problem(ReadOnlySpan{float})"/>
    /// <param name="vector">The vector.</param>
    /// <param name="length">Its length.</param>
    public static string? Problem(ReadOnlySpan<float> vector, out double length)
    {
        length = Length(vector);
        // The sum can't overflow, so it is finite if the numbers are.
        return !double.IsFinite(length) ? "has numbers that are not finite" : length <= MaxLength ? null : "is longer than 2^50";
    }

    /// <summary>The length, in double precision: floats' squares neither overflow nor underflow there.</summary>
    public static double Length(ReadOnlySpan<float> vector)
    {
        // Two sums, so that one addition need not wait for the one before.
        var (even, odd) = (0.0, 0.0);
        var column = 0;
        for (; column + 1 < vector.Length; column += 2)
        {
            even += (double)vector[column] * vector[column];
            odd += (double)vector[column + 1] * vector[column + 1];
        }
        if (column < vector.Length)
            even += (double)vector[column] * vector[column];
        return Math.Sqrt(even + odd);
    }
}
