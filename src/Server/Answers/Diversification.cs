using System.Buffers;
using System.Numerics.Tensors;

namespace Rearm.Streaming.Server.Answers;

/// <summary>
/// Maximal marginal relevance (<see href="https://doi.org/10.1145/290941.291025">Carbonell and Goldstein 1998</see>): the next item is the one with the greatest
/// (1 - diversity) relevance - diversity likeness, where relevance is the score between the pool's least (0) and greatest (1), and likeness the greatest
/// cosine to an item taken before.
/// </summary>
internal static class Diversification
{
    /// <summary>How many of the best items are chosen among.</summary>
    public const int Pool = 200;

    /// <summary>A row's vector.</summary>
    public delegate ReadOnlySpan<float> VectorOf(int row);

    /// <summary>Puts rows in order of being taken, and their scores with them.</summary>
    /// <param name="rows">The pool: first those that are taken already, in that order, then the others, best first.</param>
    /// <param name="scores">Their scores.</param>
    /// <param name="already">How many are taken already.</param>
    /// <param name="diversity">Above 0, to 1.</param>
    /// <param name="width">Numbers in a vector.</param>
    /// <param name="vectorOf">Gives them.</param>
    public static void Apply(Span<int> rows, Span<float> scores, int already, float diversity, int width, VectorOf vectorOf)
    {
        if (rows.Length < 2)
            return;
        var rented = ArrayPool<float>.Shared.Rent(rows.Length * (width + 1));
        var units = rented.AsSpan(0, rows.Length * width);
        var likeness = rented.AsSpan(rows.Length * width, rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            var vector = vectorOf(rows[i]);
            var length = TensorPrimitives.Norm(vector);
            // One without a direction is like no other.
            TensorPrimitives.Multiply(vector, length > 0 && float.IsNormal(1 / length) ? 1 / length : 0, units.Slice(i * width, width));
        }
        likeness.Fill(-1);
        var (pool, scoreOf) = (rows.ToArray(), scores.ToArray());
        var isTaken = new bool[rows.Length];
        var (greatest, least) = (TensorPrimitives.Max<float>(scores), TensorPrimitives.Min<float>(scores));
        // What differs by less has no inverse that is finite.
        var scale = float.IsNormal(greatest - least) ? 1 / (greatest - least) : 0;
        for (var taken = 0; taken < rows.Length; taken++)
        {
            var (next, best) = (taken < already ? taken : -1, float.NegativeInfinity);
            for (var i = already; i < pool.Length; i++)
                // Ties go to the better score, which comes first.
                if (taken >= already && !isTaken[i] && (1 - diversity) * (scoreOf[i] - least) * scale - diversity * likeness[i] is var value && value > best)
                    (next, best) = (i, value);
            isTaken[next] = true;
            (rows[taken], scores[taken]) = (pool[next], scoreOf[next]);
            for (var i = 0; i < pool.Length; i++)
                if (!isTaken[i])
                    likeness[i] = Math.Max(likeness[i], TensorPrimitives.Dot<float>(units.Slice(i * width, width), units.Slice(next * width, width)));
        }
        ArrayPool<float>.Shared.Return(rented);
    }
}
