using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Testing.Sequences;

/// <summary>Item encoders with random weights.</summary>
public static class RandomItemEncoder
{
    public static ItemEncoderWeights Of(
        int width, (string Name, int Inputs)[] modalities, int heads = 1, int innerWidth = 8, bool isCentred = true, int seed = 1)
    {
        var random = new Random(seed);
        return new()
        {
            Width = width,
            Preprocessing = isCentred ? SnapshotSettings.CenteredL2 : SnapshotSettings.NoPreprocessing,
            Projections = [.. modalities.Select(m => new ItemProjection(
                m.Name, m.Inputs, isCentred ? Numbers(m.Inputs, 0.3f) : [], Layer(width, m.Inputs)))],
            Fusion = modalities.Length == 1 ? null : new()
            {
                Heads = heads,
                InnerWidth = innerWidth,
                Query = Layer(width, width),
                Key = Layer(width, width),
                Value = Layer(width, width),
                Output = Layer(width, width),
                AttentionNormWeight = Numbers(width, 0.3f, around: 1),
                AttentionNormBias = Numbers(width, 0.3f),
                Inner = Layer(innerWidth, width),
                Outer = Layer(width, innerWidth),
                OutputNormWeight = Numbers(width, 0.3f, around: 1),
                OutputNormBias = Numbers(width, 0.3f),
            },
        };

        LinearLayer Layer(int outputs, int inputs) => new(Numbers(outputs * inputs, 2 / MathF.Sqrt(inputs)), Numbers(outputs, 0.3f));

        float[] Numbers(int count, float spread, float around = 0) =>
            [.. Enumerable.Range(0, count).Select(_ => around + spread * (2 * random.NextSingle() - 1))];
    }

    /// <summary>Random raw vectors for the modalities of an encoder.</summary>
    public static float[][] Features(ItemEncoderWeights weights, int seed)
    {
        var random = new Random(seed);
        return [.. weights.Projections.Select(p => Enumerable.Range(0, p.Inputs).Select(_ => random.NextSingle() - 0.5f).ToArray())];
    }
}
