using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Testing.Sequences;

/// <summary>User encoders with random weights.</summary>
public static class RandomEncoder
{
    public static UserEncoderWeights Of(int width, int length, int heads = 1, int blocks = 1, int seed = 1)
    {
        var random = new Random(seed);
        return new()
        {
            Width = width,
            Length = length,
            Heads = heads,
            Positions = Numbers(length * width, 0.5f),
            InputNormWeight = Numbers(width, 0.3f, around: 1),
            InputNormBias = Numbers(width, 0.3f),
            Blocks = [.. Enumerable.Range(0, blocks).Select(_ => new UserEncoderBlock
            {
                Query = Matrix(width, width),
                Key = Matrix(width, width),
                Value = Matrix(width, width),
                Output = Matrix(width, width),
                AttentionNormWeight = Numbers(width, 0.3f, around: 1),
                AttentionNormBias = Numbers(width, 0.3f),
                Inner = Matrix(4 * width, width),
                InnerBias = Numbers(4 * width, 0.3f),
                Outer = Matrix(width, 4 * width),
                OuterBias = Numbers(width, 0.3f),
                OutputNormWeight = Numbers(width, 0.3f, around: 1),
                OutputNormBias = Numbers(width, 0.3f),
            })],
        };

        float[] Matrix(int outputs, int inputs) => Numbers(outputs * inputs, 2 / MathF.Sqrt(inputs));

        float[] Numbers(int count, float spread, float around = 0) =>
            [.. Enumerable.Range(0, count).Select(_ => around + spread * (2 * random.NextSingle() - 1))];
    }
}
