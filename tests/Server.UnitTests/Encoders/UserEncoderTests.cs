using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Server.Encoders;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Sequences;

namespace Rearm.Streaming.Server.UnitTests.Encoders;

public class UserEncoderTests
{
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(5, 3, 1, 2)]
    [InlineData(20, 7, 4, 3)]
    [InlineData(48, 6, 2, 2)]
    public void Encode_EveryNumberOfItems_IsTheStateOfTheLastColumn(int width, int length, int heads, int blocks)
    {
        var weights = RandomEncoder.Of(width, length, heads, blocks);
        var (encoder, random) = (new UserEncoder(weights), new Random(2));
        for (var count = 1; count <= length; count++)
        {
            var items = Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, width).Select(_ => random.NextSingle() - 0.5f).ToArray()).ToArray();
            var user = new float[width];
            encoder.Encode(items.SelectMany(i => i).ToArray(), user);
            var expected = PlainEncoder.Encode(weights, items);
            for (var i = 0; i < width; i++)
                Assert.Equal(expected[i], user[i], 1e-5);
        }
    }

    [Fact]
    public void Encode_GreatestWeightsAndItems_IsFinite()
    {
        var weights = RandomEncoder.Of(width: 64, length: 20, heads: 2, blocks: 2);
        Array.Fill(weights.InputNormWeight, UserEncoderWeights.MaxMagnitude);
        foreach (var block in weights.Blocks)
            foreach (var array in (float[][])[block.Query, block.Key, block.Value, block.Output, block.AttentionNormWeight, block.Inner, block.Outer])
                Array.Fill(array, UserEncoderWeights.MaxMagnitude);
        var items = Enumerable.Range(0, 20 * 64).Select(i => (i % 3 - 1) * MathF.ScaleB(1, 46)).ToArray();
        var user = new float[64];

        new UserEncoder(weights).Encode(items, user);

        Assert.All(user, value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Encode_AfterTheFirstCall_AllocatesNothing()
    {
        var encoder = new UserEncoder(RandomEncoder.Of(width: 64, length: 20, heads: 2, blocks: 2));
        var (items, user) = (new float[20 * 64], new float[64]);
        Assert.Equal(0, Allocations.Of(() => encoder.Encode(items, user)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public void Encode_NoWholeNumberOfItemsWithinTheLength_IsRefused(int numbers) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new UserEncoder(RandomEncoder.Of(width: 3, length: 2)).Encode(new float[numbers], new float[3]));
}
