namespace Rearm.Streaming.Graphs.UnitTests;

public class FloatMatrixTests
{
    [Theory]
    [InlineData(200, 3)]
    [InlineData(0, 3)]
    [InlineData(64, 300_000)]
    [InlineData(65, 300_000)]
    public void Rows_InAnyBlock_AreTheirOwn(int rows, int columns)
    {
        var matrix = new FloatMatrix(rows, columns);
        for (var row = 0; row < rows; row++)
            matrix[row][row % columns] = row;
        for (var row = 0; row < rows; row++)
            Assert.Equal(row, matrix[row].ToArray().Sum());
        Assert.Equal((long)rows * columns, matrix.Blocks.Sum(b => (long)b.Length));
        Assert.Equal(0, matrix.RowsPerBlock % 64);
    }

    [Fact]
    public void TopK_MoreThanOneBlock_FindsNeighboursInAnother()
    {
        // 130 rows of 262,144 are three blocks; rows r and r + 65 are the same.
        var matrix = new FloatMatrix(130, 1 << 18);
        for (var row = 0; row < 130; row++)
            matrix[row][row % 65] = 1;
        Assert.Equal(3, matrix.Blocks.Count);
        var found = CosineNeighbors.TopK(matrix, [.. Enumerable.Repeat(true, 130)], 2, [.. Enumerable.Range(0, 130)]);
        for (var row = 0; row < 130; row++)
            Assert.Equal([row % 65, row % 65 + 65], found.RowColumns(row).ToArray().Order());
    }
}
