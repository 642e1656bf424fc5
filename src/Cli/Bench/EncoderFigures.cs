using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Server.Encoders;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>The encoder that makes a user's vector of what was touched, by itself on one thread; in processor time, like the search that follows it.</summary>
internal static class EncoderFigures
{
    private const int Length = 20;
    private const int Heads = 2;
    private const int Blocks = 2;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Run = TimeSpan.FromMilliseconds(20);

    /// <summary>Measures the widths of a small model and of the paper's.</summary>
    /// <param name="figures">Takes what is measured.</param>
    /// <param name="rounds">How often each thing is measured; medians count.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static void Measure(Figures figures, int rounds, CancellationToken cancellationToken)
    {
        figures.Say($"a user's vector of the {Length} newest items; {Blocks} blocks, {Heads} heads; one thread; processor time, medians of {rounds} rounds");
        foreach (var width in (int[])[64, 192, 768])
        {
            var encoder = new UserEncoder(Weights(width));
            foreach (var items in (int[])[Length, 1])
            {
                var (sequence, user) = (Numbers(items * width, new(2)), new float[width]);
                var milliseconds = Median(() => encoder.Encode(sequence, user), rounds, cancellationToken);
                figures.Add($"encoder.{width}.{items}_items_ms", milliseconds, $"ms a user, {width} wide, {items} items touched");
            }
        }
    }

    private static double Median(Action action, int rounds, CancellationToken cancellationToken)
    {
        var (runs, warming) = (0, new CpuTime());
        for (; warming.CpuSeconds < WarmUp.TotalSeconds; runs++)
            action();
        var repeats = Math.Max(1, (int)(runs * Run / WarmUp));
        var times = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var time = new CpuTime();
            for (var repeat = 0; repeat < repeats; repeat++)
                action();
            times[round] = time.CpuSeconds * 1000 / repeats;
        }
        Array.Sort(times);
        return times[rounds / 2];
    }

    private static UserEncoderWeights Weights(int width)
    {
        var random = new Random(1);
        return new()
        {
            Width = width,
            Length = Length,
            Heads = Heads,
            Positions = Numbers(Length * width, random),
            InputNormWeight = Numbers(width, random),
            InputNormBias = Numbers(width, random),
            Blocks = [.. Enumerable.Range(0, Blocks).Select(_ => new UserEncoderBlock
            {
                Query = Numbers(width * width, random),
                Key = Numbers(width * width, random),
                Value = Numbers(width * width, random),
                Output = Numbers(width * width, random),
                AttentionNormWeight = Numbers(width, random),
                AttentionNormBias = Numbers(width, random),
                Inner = Numbers(4 * width * width, random),
                InnerBias = Numbers(4 * width, random),
                Outer = Numbers(4 * width * width, random),
                OuterBias = Numbers(width, random),
                OutputNormWeight = Numbers(width, random),
                OutputNormBias = Numbers(width, random),
            })],
        };
    }

    private static float[] Numbers(int count, Random random)
    {
        var numbers = new float[count];
        foreach (ref var number in numbers.AsSpan())
            number = 0.2f * (random.NextSingle() - 0.5f);
        return numbers;
    }
}
