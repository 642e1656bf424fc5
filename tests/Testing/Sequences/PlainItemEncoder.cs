using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Testing.Sequences;

/// <summary>The item encoder as it is written down, in double precision.</summary>
public static class PlainItemEncoder
{
    /// <param name="weights">The encoder.</param>
    /// <param name="features">Raw, by modality; null for one that the item does not have.</param>
    public static double[] Encode(ItemEncoderWeights weights, params float[]?[] features)
    {
        double[][] tokens = [.. from m in weights.Projections.Zip(features)
                                where m.Second is not null
                                select Apply(m.First.Layer, Prepare(weights, m.First, m.Second))];
        if (weights.Fusion is { } fusion)
            tokens = Fuse(fusion, tokens);
        return [.. Enumerable.Range(0, weights.Width).Select(i => tokens.Average(token => token[i]))];
    }

    private static double[] Prepare(ItemEncoderWeights weights, ItemProjection projection, float[] raw)
    {
        double[] x = [.. raw.Select(value => (double)value)];
        if (weights.Preprocessing == SnapshotSettings.NoPreprocessing)
            return x;
        double[] centred = [.. x.Zip(projection.Mean, (value, mean) => value - mean)];
        var length = Math.Sqrt(centred.Sum(value => value * value));
        return [.. centred.Select(value => value / length)];
    }

    private static double[][] Fuse(ItemFusion fusion, double[][] tokens)
    {
        double[][] Each(LinearLayer layer) => [.. tokens.Select(token => Apply(layer, token))];
        double[][] q = Each(fusion.Query), k = Each(fusion.Key), v = Each(fusion.Value);
        return [.. tokens.Select((token, t) =>
        {
            var width = token.Length / fusion.Heads;
            var context = new double[token.Length];
            for (var i = 0; i < context.Length; i++)
            {
                var head = Enumerable.Range(i / width * width, width).ToArray();
                double[] shares = [.. k.Select(key => Math.Exp(head.Sum(c => q[t][c] * key[c]) / Math.Sqrt(width)))];
                context[i] = v.Select((value, n) => shares[n] / shares.Sum() * value[i]).Sum();
            }
            var attended = Norm(Sum(token, Apply(fusion.Output, context)), fusion.AttentionNormWeight, fusion.AttentionNormBias);
            double[] inner = [.. Apply(fusion.Inner, attended).Select(Gelu)];
            return Norm(Sum(attended, Apply(fusion.Outer, inner)), fusion.OutputNormWeight, fusion.OutputNormBias);
        })];
    }

    /// <summary>x Phi(x), Phi by Simpson's rule.</summary>
    public static double Gelu(double x)
    {
        const int Steps = 2000;
        var (step, sum) = (x / Steps, 0.0);
        for (var n = 0; n <= Steps; n++)
            sum += (n is 0 or Steps ? 1 : n % 2 == 0 ? 2 : 4) * Math.Exp(-n * step * n * step / 2);
        return x * (0.5 + sum * step / 3 / Math.Sqrt(2 * Math.PI));
    }

    private static double[] Apply(LinearLayer layer, double[] x) =>
        [.. layer.Bias.Select((bias, output) => bias + x.Select((value, input) => layer.Weight[output * x.Length + input] * value).Sum())];

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double[] Norm(double[] x, float[] weight, float[] bias)
    {
        var mean = x.Average();
        var deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-12);
        return [.. x.Select((value, i) => (value - mean) / deviation * weight[i] + bias[i])];
    }
}
