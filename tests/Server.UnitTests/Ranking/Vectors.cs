namespace Rearm.Streaming.Server.UnitTests.Ranking;

/// <summary>Vectors of all kinds, the seed decides.</summary>
internal sealed class Vectors(int seed)
{
    private static readonly string[] AllKinds =
        ["gaussian", "few values", "equal", "zeros", "same sign", "spikes", "any magnitude per row", "any magnitude", "subnormal", "close"];

    private readonly Random _random = new(seed);

    /// <summary>Names of what <see cref="Rows"/> can make.</summary>
    public static IReadOnlyList<string> Kinds => AllKinds;

    public float Gaussian() => (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));

    public int Next(int end) => _random.Next(end);

    public float[] Rows(string kind, int rows, int width)
    {
        var first = Fill(width, Gaussian);
        return kind switch
        {
            "gaussian" => Fill(rows * width, Gaussian),
            // So that equal scores are frequent.
            "few values" => Fill(rows * width, () => _random.Next(-2, 3)),
            "equal" => [.. Enumerable.Repeat(first, rows).SelectMany(r => r)],
            "zeros" => ByRow(rows, width, () => _random.Next(2), Gaussian),
            "same sign" => Fill(rows * width, () => Math.Abs(Gaussian())),
            "spikes" => Fill(rows * width, () => _random.Next(width) == 0 ? 1e6f * Gaussian() : Gaussian()),
            "any magnitude per row" => ByRow(rows, width, () => MathF.ScaleB(1, _random.Next(-145, 44)), Gaussian),
            "any magnitude" => Fill(rows * width, () => MathF.ScaleB(Gaussian(), _random.Next(-145, 40))),
            "subnormal" => Fill(rows * width, () => BitConverter.Int32BitsToSingle(_random.Next(1 << 20)) * (_random.Next(2) == 0 ? 1 : -1)),
            // A bit or two apart in a few places: only exact scores tell them apart.
            "close" => [.. Enumerable.Range(0, rows).SelectMany(_ => first.Select(v => _random.Next(8) == 0 ? MathF.BitIncrement(v) : v))],
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }

    private static float[] Fill(int count, Func<float> next)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = next();
        return values;
    }

    private static float[] ByRow(int rows, int width, Func<float> scale, Func<float> next) =>
        [.. Enumerable.Range(0, rows).SelectMany(_ => scale() is var s ? Fill(width, () => s * next()) : [])];
}
