using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>
/// A query in a byte per number, and the bound on what its inner products with <see cref="ItemCodes"/> say about the scores.
/// <para>
/// Let r be a row and q the query, r = s c + e and q = t b + f with whole numbers c and b, so that |e| and |f| are what rounding lost. Then
/// q.r = (t b + f).r = t b.(s c + e) + f.r = s t (b.c) + t b.e + f.r, and by Cauchy and Schwarz
/// </para>
/// <para>(1) |q.r - s t (b.c)| &lt;= |t b| |e| + |f| |r|.</para>
/// <para>
/// The score is not q.r but what floats make of it. Whatever the order of d products and their sum, fused or not, the result differs from
/// q.r by at most g sum |q_i r_i| &lt;= g |q| |r| with g = d u / (1 - d u), u = 2^-24, and by 2^-149 for each product that underflows; sums of floats
/// don't underflow, and with |q| &lt;= 2^60 and |r| &lt;= 2^50 nothing overflows. In units of s, with E = |e| / s and N = |r| / s, the greatest of each
/// block of rows:
/// </para>
/// <para>(2) |score - s t (b.c)| &lt;= s (|t b| E + (|f| + g |q|) N) + d 2^-149.</para>
/// <para>
/// b.c is exact in 32-bit integers. What is computed from it in floats, s (t (b.c) + margin) + tiny, is rounded at most five times (b.c to a float, the
/// two products, the two sums), each time by u relative to a term that is at most s (|t b| |c| + margin), where |c| &lt;= N + E; and once more where s
/// and the score are multiplied by 1 / |r| for cosines. 2^-20 of that on top is more than enough, which gives the margin
/// </para>
/// <para>(3) margin = (1 + 2^-20) (|t b| E + (|f| + g |q|) N + 2^-20 |t b| (N + E)) = ResidualFactor E + LengthFactor N.</para>
/// <para>
/// tiny = 2^-60 covers the underflows: d 2^-149, times at most 2^60 for cosines, is below 2^-65 for d &lt;= 2^20. So a score is never above
/// s (t (b.c) + margin) + tiny, which is more than the estimate s t (b.c) even after rounding, as margin is at least 2^-20 of |t (b.c)|. Lengths are
/// computed in double precision and rounded up.
/// </para>
/// </summary>
/// <param name="Step">t.</param>
/// <param name="ResidualFactor">What E counts in the margin.</param>
/// <param name="LengthFactor">What N counts in the margin.</param>
/// <param name="Offset">What the sum with biased codes has too much, negated: where sums begin.</param>
internal readonly record struct QueryCode(float Step, float ResidualFactor, float LengthFactor, int Offset)
{
    /// <summary>The length a query may have.</summary>
    public const double MaxLength = 1L << 60;

    /// <summary>The width up to which (3) holds.</summary>
    public const int MaxWidth = 1 << 20;

    /// <summary>What covers underflow, 2^-60.</summary>
    public const float Tiny = 1f / (1L << 60);

    private const int Greatest = 64;
    private const double Slack = 1.0 / (1 << 20);

    /// <summary>Checks that a query can be encoded.</summary>
    /// <exception cref="ArgumentException">It has numbers that are not finite, is longer than <see cref="MaxLength"/> or too wide.</exception>
    public static void Check(ReadOnlySpan<float> query)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(query.Length, MaxWidth);
        var length = VectorRules.Length(query);
        // NaN is not less than anything.
        if (!(length <= MaxLength))
            throw new ArgumentException(
                $"A query of length {length} can't be ranked by: its numbers must be finite and its length at most 2^60.", nameof(query));
    }

    /// <summary>Encodes a query that <see cref="Check"/> has passed.</summary>
    /// <param name="query">q, d numbers.</param>
    /// <param name="codes">Takes b in groups of <see cref="CodeLayout.GroupColumns"/>, one 32-bit number for each.</param>
    /// <param name="stride">From one group to the next in <paramref name="codes"/>.</param>
    public static QueryCode Encode(ReadOnlySpan<float> query, Span<int> codes, int stride)
    {
        var length = VectorRules.Length(query);
        var greatest = 0f;
        foreach (var value in query)
            greatest = Math.Max(greatest, Math.Abs(value));
        var step = Math.Max(greatest / Greatest, MathF.ScaleB(1, -126));
        var inverse = 1.0 / step;
        var (left, squares, sum) = (0.0, 0L, 0);
        var groups = CodeLayout.Groups(query.Length);
        for (var group = 0; group < groups; group++)
        {
            var packed = 0;
            var first = group * CodeLayout.GroupColumns;
            for (var column = first; column < Math.Min(first + CodeLayout.GroupColumns, query.Length); column++)
            {
                double value = query[column];
                var code = (int)Math.Clamp(Math.Round(value * inverse), -Greatest, Greatest);
                var lost = value - (double)step * code;
                left += lost * lost;
                squares += code * code;
                sum += code;
                packed |= (code & 0xFF) << 8 * (column - first);
            }
            codes[group * stride] = packed;
        }
        var coded = step * Math.Sqrt(squares);
        var rounding = query.Length * Math.ScaleB(1, -24);
        var score = Math.Sqrt(left) + rounding / (1 - rounding) * length;
        return new(
            step,
            ItemCodes.RoundUp((1 + Slack) * (1 + Slack) * coded),
            ItemCodes.RoundUp((1 + Slack) * (score + Slack * coded)),
            -ItemCodes.Bias * sum);
    }
}
