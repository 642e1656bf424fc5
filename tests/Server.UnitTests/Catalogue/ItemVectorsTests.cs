using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class ItemVectorsTests
{
    [Theory]
    [InlineData(float.NaN, "Row 1 has numbers that are not finite.")]
    [InlineData(float.PositiveInfinity, "Row 1 has numbers that are not finite.")]
    [InlineData(1.2e15f, "Row 1 is longer than 2^50.")]
    public void Create_ARowThatCannotBeServed_IsRefused(float value, string message)
    {
        var e = Assert.Throws<ArgumentException>(() => new ItemVectors([1, 2, value, 0], 2));
        Assert.StartsWith(message, e.Message);
    }

    [Fact]
    public void Create_RowsThatAreNotWhole_IsRefused() => Assert.Throws<ArgumentException>(() => new ItemVectors([1, 2, 3], 2));

    [Fact]
    public void InverseLengths_ShortAndZeroRows_AreZero()
    {
        var items = new ItemVectors([3, 4, 0, 0, 1e-40f, 0, MathF.ScaleB(1, -60), 0], 2);
        Assert.Equal([0.2f, 0, 0, MathF.ScaleB(1, 60)], items.InverseLengths);
    }

    [Fact]
    public unsafe void Codes_AnyRows_AreWithinTheResidualOfTheRow()
    {
        var random = new Random(1);
        var items = new ItemVectors([.. Enumerable.Range(0, 40 * 7).Select(_ => MathF.ScaleB(random.NextSingle() - 0.5f, random.Next(-30, 30)))], 7);
        for (var row = 0; row < 40; row++)
        {
            var (block, place, scale) = (row / CodeLayout.BlockRows, row % CodeLayout.BlockRows, (double)items.Codes.Scales[row]);
            var (left, squares) = (0.0, 0.0);
            for (var column = 0; column < 8; column++)
            {
                var code = items.Codes.Codes[(block * items.Codes.Groups + column / 4) * CodeLayout.GroupBytes + place * 4 + column % 4] - ItemCodes.Bias;
                var value = column < 7 ? items[row][column] : 0;
                Assert.InRange(code, -ItemCodes.Greatest, ItemCodes.Greatest);
                Assert.InRange(Math.Abs(value - scale * code), 0, scale * 0.51);
                left += Math.Pow(value - scale * code, 2);
                squares += Math.Pow(value, 2);
            }
            Assert.InRange(Math.Sqrt(left) / scale, 0, items.Codes.Residuals[block]);
            Assert.InRange(Math.Sqrt(squares) / scale, 0, items.Codes.Lengths[block]);
        }
    }
}
