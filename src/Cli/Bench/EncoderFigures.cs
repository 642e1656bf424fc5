using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Server.Encoders;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>
/// The encoders that make a user's vector of what was touched, and a new item's of its features, by themselves on one thread; in processor time, like the
/// search that follows the first.
/// </summary>
internal static class EncoderFigures
{
    private const int Length = 20;
    private const int Heads = 2;
    private const int Blocks = 2;
    private const int FusionHeads = 4;

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
                figures.Bar("a user's vector, ms", $"{width} wide", $"{items} touched", milliseconds);
            }
        }
        figures.Say($"a new item's vector of its features in two modalities; {FusionHeads} heads, otherwise likewise");
        foreach (var width in (int[])[64, 192, 768])
            foreach (var inputs in (int[])[128, 768])
            {
                var encoder = new ItemEncoder(ItemWeights(width, inputs));
                var (raw, features, vector) = (Numbers(2 * inputs, new(2)), new float[2 * inputs], new float[width]);
                bool[] present = [true, true];
                var milliseconds = Median(() =>
                {
                    // It prepares them in place.
                    raw.CopyTo(features.AsSpan());
                    encoder.TryEncode(features, present, vector);
                }, rounds, cancellationToken);
                figures.Add($"item_encoder.{width}.{inputs}_numbers_us", 1000 * milliseconds, $"us an item, {width} wide, {inputs} numbers a modality");
                figures.Bar("a new item's vector, us", $"{width} wide", $"{inputs} numbers", 1000 * milliseconds);
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

    private static ItemEncoderWeights ItemWeights(int width, int inputs)
    {
        var random = new Random(1);
        return new()
        {
            Width = width,
            Preprocessing = SnapshotSettings.CenteredL2,
            Projections = [.. Enumerable.Range(0, 2).Select(m => new ItemProjection($"{m}", inputs, Numbers(inputs, random), Layer(width, inputs)))],
            Fusion = new()
            {
                Heads = FusionHeads,
                InnerWidth = 4 * width,
                Query = Layer(width, width),
                Key = Layer(width, width),
                Value = Layer(width, width),
                Output = Layer(width, width),
                AttentionNormWeight = Numbers(width, random),
                AttentionNormBias = Numbers(width, random),
                Inner = Layer(4 * width, width),
                Outer = Layer(width, 4 * width),
                OutputNormWeight = Numbers(width, random),
                OutputNormBias = Numbers(width, random),
            },
        };

        LinearLayer Layer(int outputs, int from) => new(Numbers(outputs * from, random), Numbers(outputs, random));
    }

    private static float[] Numbers(int count, Random random)
    {
        var numbers = new float[count];
        foreach (ref var number in numbers.AsSpan())
            number = 0.2f * (random.NextSingle() - 0.5f);
        return numbers;
    }
}
