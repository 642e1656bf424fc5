using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Server.UnitTests.Encoders;

/// <summary>The encoder as the paper writes it, in double precision: all L columns, padding masked.</summary>
internal static class PlainEncoder
{
    public static double[] Encode(UserEncoderWeights weights, float[][] items)
    {
        var (d, columns, padding) = (weights.Width, weights.Length, weights.Length - items.Length);
        var states = Enumerable.Range(0, columns).Select(c => Norm(
            [.. Enumerable.Range(0, d).Select(i => (c < padding ? 0.0 : items[c - padding][i]) + weights.Positions[c * d + i])],
            weights.InputNormWeight, weights.InputNormBias)).ToArray();
        foreach (var block in weights.Blocks)
        {
            var (queries, keys, values) = (Times(states, block.Query), Times(states, block.Key), Times(states, block.Value));
            var attended = Enumerable.Range(0, columns).Select(c => Attend(c, queries[c], keys, values, weights.Heads, padding)).ToArray();
            states = [.. states.Zip(Times(attended, block.Output), (z, o) => Norm(Sum(z, o), block.AttentionNormWeight, block.AttentionNormBias))];
            var inner = Times(states, block.Inner).Select(f => Sum(f, block.InnerBias).Select(x => Math.Max(0, x)).ToArray()).ToArray();
            states = [.. states.Zip(Times(inner, block.Outer), (z, f) => Norm(Sum(z, Sum(f, block.OuterBias)), block.OutputNormWeight, block.OutputNormBias))];
        }
        return states[^1];
    }

    private static double[] Attend(int column, double[] query, double[][] keys, double[][] values, int heads, int padding)
    {
        var width = query.Length / heads;
        var result = new double[query.Length];
        for (var head = 0; head < heads; head++)
        {
            var own = Enumerable.Range(head * width, width).ToArray();
            var scores = keys.Select((key, k) => own.Sum(i => query[i] * key[i]) / Math.Sqrt(width) + (k <= column && k >= padding ? 0 : -1e9)).ToArray();
            var shares = scores.Select(s => Math.Exp(s - scores.Max())).ToArray();
            foreach (var i in own)
                result[i] = values.Select((value, k) => shares[k] / shares.Sum() * value[i]).Sum();
        }
        return result;
    }

    private static double[][] Times(double[][] rows, float[] weights) => [.. rows.Select(row => Enumerable.Range(0, weights.Length / row.Length)
        .Select(output => row.Select((x, i) => x * weights[output * row.Length + i]).Sum()).ToArray())];

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Sum(double[] a, float[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Norm(double[] x, float[] weight, float[] bias)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + 1e-6);
        return [.. x.Select((v, i) => (v - mean) / deviation * weight[i] + bias[i])];
    }
}
