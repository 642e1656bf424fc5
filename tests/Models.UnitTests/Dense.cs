namespace Rearm.Streaming.Models.UnitTests;

/// <summary>Linear algebra in float64 as it is in a textbook, to compare with.</summary>
internal static class Dense
{
    public static double[,] Multiply(double[,] a, double[,] b)
    {
        var product = new double[a.GetLength(0), b.GetLength(1)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < b.GetLength(1); j++)
                for (var k = 0; k < b.GetLength(0); k++)
                    product[i, j] += a[i, k] * b[k, j];
        return product;
    }

    public static double[,] Transpose(double[,] a)
    {
        var transposed = new double[a.GetLength(1), a.GetLength(0)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < a.GetLength(1); j++)
                transposed[j, i] = a[i, j];
        return transposed;
    }

    /// <summary>X of A X = B, by Gauss and Jordan with pivots.</summary>
    public static double[,] Solve(double[,] a, double[,] b)
    {
        var (n, m) = (a.GetLength(0), b.GetLength(1));
        var (left, right) = ((double[,])a.Clone(), (double[,])b.Clone());
        for (var column = 0; column < n; column++)
        {
            var pivot = Enumerable.Range(column, n - column).MaxBy(row => Math.Abs(left[row, column]));
            for (var k = 0; k < n; k++)
                (left[column, k], left[pivot, k]) = (left[pivot, k], left[column, k]);
            for (var k = 0; k < m; k++)
                (right[column, k], right[pivot, k]) = (right[pivot, k], right[column, k]);
            for (var row = 0; row < n; row++)
            {
                if (row == column)
                    continue;
                var factor = left[row, column] / left[column, column];
                for (var k = 0; k < n; k++)
                    left[row, k] -= factor * left[column, k];
                for (var k = 0; k < m; k++)
                    right[row, k] -= factor * right[column, k];
            }
        }
        for (var row = 0; row < n; row++)
            for (var k = 0; k < m; k++)
                right[row, k] /= left[row, row];
        return right;
    }

    public static double[,] Identity(int n)
    {
        var identity = new double[n, n];
        for (var i = 0; i < n; i++)
            identity[i, i] = 1;
        return identity;
    }

    public static void AssertClose(double[,] expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var columns = expected.GetLength(1);
        for (var i = 0; i < expected.GetLength(0); i++)
            for (var j = 0; j < columns; j++)
                Assert.True(Math.Abs(expected[i, j] - actual[i * columns + j]) <= tolerance, $"({i}, {j}) is {actual[i * columns + j]:R}, not {expected[i, j]:R}.");
    }
}
