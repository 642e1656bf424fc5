using Rearm.Streaming.Server.Catalogue;

namespace Rearm.Streaming.Server.UnitTests.Catalogue;

public class RowOrderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void Apply_AnyOrder_IsThatOfACopy(int rows)
    {
        const int Width = 3;
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            float[] matrix = [.. Enumerable.Range(0, rows * Width).Select(_ => random.NextSingle())];
            int[] sources = [.. Enumerable.Range(0, rows)];
            random.Shuffle(sources);
            float[] expected = [.. sources.SelectMany(row => matrix[(row * Width)..((row + 1) * Width)])];

            RowOrder.Apply(matrix, Width, sources);

            Assert.Equal(expected, matrix);
            Assert.Equal(Enumerable.Range(0, rows), sources);
        }
    }
}
