using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Models.UnitTests.Sequences;

/// <summary>The user encoder written out from its description, over plain numbers, for one user.</summary>
internal static class PlainUserEncoder
{
    /// <param name="weights">The encoder's.</param>
    /// <param name="items">The user's items, oldest first, at least one and at most L.</param>
    internal static double[] Encode(UserEncoderWeights weights, IReadOnlyList<float[]> items)
    {
        var (width, first) = (weights.Width, weights.Length - items.Count);
        double[][] z = [.. items.Select((item, n) => Norm(
            [.. item.Select((value, i) => (double)value + weights.Positions[(first + n) * width + i])], weights.InputNormWeight, weights.InputNormBias))];
        foreach (var block in weights.Blocks)
        {
            double[][] Each(float[] matrix) => [.. z.Select(row => Times(matrix, row))];
            double[][] q = Each(block.Query), k = Each(block.Key), v = Each(block.Value);
            var attended = new double[z.Length][];
            for (var row = 0; row < z.Length; row++)
            {
                attended[row] = new double[width];
                for (var head = 0; head < weights.Heads; head++)
                {
                    int begin = head * width / weights.Heads, end = (head + 1) * width / weights.Heads;
                    double Product(int key) => Enumerable.Range(begin, end - begin).Sum(i => q[row][i] * k[key][i]);
                    double[] scores = [.. Enumerable.Range(0, row + 1).Select(key => Math.Exp(Product(key) / Math.Sqrt(end - begin)))];
                    for (var key = 0; key <= row; key++)
                        for (var i = begin; i < end; i++)
                            attended[row][i] += scores[key] / scores.Sum() * v[key][i];
                }
            }
            z = [.. z.Select((row, n) => Norm(Sum(row, Times(block.Output, attended[n])), block.AttentionNormWeight, block.AttentionNormBias))];
            double[] Relu(double[] x) => [.. Sum(Times(block.Inner, x), Doubles(block.InnerBias)).Select(v => Math.Max(0, v))];
            z = [.. z.Select(row => Norm(
                Sum(row, Sum(Times(block.Outer, Relu(row)), Doubles(block.OuterBias))), block.OutputNormWeight, block.OutputNormBias))];
        }
        return z[^1];
    }

    internal static double[] Norm(double[] row, float[] weight, float[] bias, double epsilon = 1e-6)
    {
        var mean = row.Average();
        var deviation = Math.Sqrt(row.Average(x => (x - mean) * (x - mean)) + epsilon);
        return [.. row.Select((x, i) => (x - mean) / deviation * weight[i] + bias[i])];
    }

    internal static double[] Times(float[] matrix, double[] x) =>
        [.. Enumerable.Range(0, matrix.Length / x.Length).Select(row => Enumerable.Range(0, x.Length).Sum(i => matrix[row * x.Length + i] * x[i]))];

    internal static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    internal static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);
}
