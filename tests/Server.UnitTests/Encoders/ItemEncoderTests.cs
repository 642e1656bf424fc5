using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Server.Encoders;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Sequences;

namespace Rearm.Streaming.Server.UnitTests.Encoders;

public class ItemEncoderTests
{
    [Theory]
    [InlineData(1, 1, 1, true, 3)]
    [InlineData(20, 4, 30, true, 5, 9)]
    [InlineData(16, 2, 64, false, 33, 1)]
    [InlineData(48, 3, 50, true, 128, 7, 64, 2)]
    [InlineData(24, 1, 1, false, 11)]
    public void TryEncode_EveryChoiceOfModalities_IsTheMeanOfTheFusedTokens(int width, int heads, int innerWidth, bool isCentred, params int[] inputs)
    {
        var weights = RandomItemEncoder.Of(width, [.. inputs.Select((n, m) => ($"m{m}", n))], heads, innerWidth, isCentred);
        var (encoder, raw) = (new ItemEncoder(weights), RandomItemEncoder.Features(weights, seed: 2));
        for (var choice = 1; choice < 1 << inputs.Length; choice++)
        {
            bool[] present = [.. inputs.Select((_, m) => (choice >> m & 1) == 1)];
            var vector = new float[width];

            // What stands for a missing one must not matter.
            Assert.True(encoder.TryEncode([.. raw.SelectMany((x, m) => present[m] ? x : [.. x.Select(_ => float.NaN)])], present, vector));

            var expected = PlainItemEncoder.Encode(weights, [.. raw.Select((x, m) => present[m] ? x : null)]);
            for (var i = 0; i < width; i++)
                Assert.Equal(expected[i], vector[i], 1e-5);
        }
    }

    [Fact]
    public void TryEncode_NoModality_HasNoVector()
    {
        var encoder = new ItemEncoder(RandomItemEncoder.Of(4, [("a", 2), ("b", 3)]));

        Assert.False(encoder.TryEncode(new float[5], [false, false], new float[4]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(129f)]
    public void TryEncode_FeaturesAsTheyAreThatAreTooLong_HasNoVector(float value)
    {
        var encoder = new ItemEncoder(RandomItemEncoder.Of(4, [("a", 2)], isCentred: false));

        Assert.False(encoder.TryEncode([value, 0], [true], new float[4]));
        Assert.True(encoder.TryEncode([128, 0], [true], new float[4]));
    }

    [Fact]
    public void TryEncode_FeaturesEqualToTheMean_AreAVectorOfNoDirection()
    {
        var weights = RandomItemEncoder.Of(4, [("a", 2)]);
        var vector = new float[4];

        Assert.True(new ItemEncoder(weights).TryEncode([.. weights.Projections[0].Mean], [true], vector));

        Assert.Equal(weights.Projections[0].Layer.Bias, vector);
    }

    [Theory]
    [InlineData(true, 1e38f)]
    [InlineData(false, 1f)]
    public void TryEncode_GreatestWeightsAndFeatures_IsFinite(bool isCentred, float value)
    {
        const int Inputs = 8192, Width = 1024;
        var weights = RandomItemEncoder.Of(Width, [("a", Inputs), ("b", Inputs)], heads: 2, innerWidth: 1 << 12, isCentred);
        var fusion = weights.Fusion!;
        foreach (var array in (float[][])[
            .. weights.Projections.Select(p => p.Layer.Weight), fusion.Query.Weight, fusion.Key.Weight, fusion.Value.Weight, fusion.Output.Weight,
            fusion.AttentionNormWeight, fusion.Inner.Weight, fusion.Outer.Weight, fusion.OutputNormWeight])
            Array.Fill(array, ItemEncoderWeights.MaxMagnitude);
        var vector = new float[Width];

        // As long as may be, or with a mean as far off as can be.
        float[] features = [.. Enumerable.Repeat(isCentred ? value : ItemEncoderWeights.MaxFeatureLength / MathF.Sqrt(Inputs), 2 * Inputs)];
        if (isCentred)
            foreach (var projection in weights.Projections)
                Array.Fill(projection.Mean, -float.MaxValue);

        Assert.True(new ItemEncoder(weights).TryEncode(features, [true, true], vector));
        Assert.All(vector, number => Assert.True(float.IsFinite(number)));
    }

    [Fact]
    public void TryEncode_AfterTheFirstCall_AllocatesNothing()
    {
        var encoder = new ItemEncoder(RandomItemEncoder.Of(64, [("a", 128), ("b", 128)], heads: 4, innerWidth: 256));
        var (features, vector) = (new float[256], new float[64]);
        bool[] present = [true, true];
        Assert.Equal(0, Allocations.Of(() => encoder.TryEncode(features, present, vector)));
    }

    [Theory]
    [InlineData(4, 2, 4)]
    [InlineData(5, 1, 4)]
    [InlineData(5, 2, 3)]
    public void TryEncode_SpansOfOtherLengths_AreRefused(int features, int present, int vector)
    {
        var encoder = new ItemEncoder(RandomItemEncoder.Of(4, [("a", 2), ("b", 3)]));

        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.TryEncode(new float[features], new bool[present], new float[vector]));
    }

    [Fact]
    public void Gelu_NumbersOfAnySize_IsTheNumberTimesTheNormalDistributionFunction()
    {
        float[] x = [.. Enumerable.Range(-70, 141).Select(n => n / 10f)];
        var result = (float[])x.Clone();

        Gelu.Apply(result);

        for (var i = 0; i < x.Length; i++)
            Assert.Equal(PlainItemEncoder.Gelu(x[i]), result[i], 1e-6);
        float[] far = [-1e30f, 1e30f, 0, -0f];
        Gelu.Apply(far);
        Assert.Equal([0, 1e30f, 0, 0], far);
    }
}
