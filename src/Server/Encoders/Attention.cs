using System.Numerics.Tensors;

namespace Rearm.Streaming.Server.Encoders;

/// <summary>Scaled dot-product attention of one row, in heads.</summary>
internal static class Attention
{
    /// <summary>What a row takes from others, head by head: their values, weighted by softmax(query key / sqrt(width of a head)).</summary>
    /// <param name="query">The row's query: d.</param>
    /// <param name="keys">The others' keys, a row of d each; as many as there are <paramref name="weights"/>, or more.</param>
    /// <param name="values">Likewise their values.</param>
    /// <param name="heads">Divides d.</param>
    /// <param name="weights">Room for a number of each row that is looked at.</param>
    /// <param name="attended">Takes the result: d.</param>
    public static void Of(
        ReadOnlySpan<float> query, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, int heads, Span<float> weights, Span<float> attended)
    {
        var width = query.Length / heads;
        var scale = 1 / MathF.Sqrt(width);
        attended.Clear();
        for (var start = 0; start < query.Length; start += width)
        {
            for (var key = 0; key < weights.Length; key++)
                weights[key] = scale * TensorPrimitives.Dot(query.Slice(start, width), keys.Slice(key * query.Length + start, width));
            TensorPrimitives.Subtract(weights, TensorPrimitives.Max<float>(weights), weights);
            TensorPrimitives.Exp(weights, weights);
            TensorPrimitives.Divide(weights, TensorPrimitives.Sum<float>(weights), weights);
            var head = attended.Slice(start, width);
            for (var key = 0; key < weights.Length; key++)
                TensorPrimitives.MultiplyAdd(values.Slice(key * query.Length + start, width), weights[key], head, head);
        }
    }
}
