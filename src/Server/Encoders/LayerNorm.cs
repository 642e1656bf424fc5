using System.Numerics.Tensors;

namespace Rearm.Streaming.Server.Encoders;

/// <summary>Layer normalisation: (x - mean) / sqrt(variance + epsilon), scaled and shifted.</summary>
/// <param name="Weight">The scale.</param>
/// <param name="Bias">The shift.</param>
/// <param name="Epsilon">What the model was trained with.</param>
internal sealed record LayerNorm(float[] Weight, float[] Bias, float Epsilon)
{
    /// <summary>Normalises the sum of each row of <paramref name="x"/> and that of <paramref name="addend"/>.</summary>
    /// <param name="x">Rows; takes the result.</param>
    /// <param name="addend">As many.</param>
    public void OfSum(Span<float> x, ReadOnlySpan<float> addend)
    {
        var width = Weight.Length;
        for (var start = 0; start < x.Length; start += width)
        {
            var row = x.Slice(start, width);
            TensorPrimitives.Add(row, addend.Slice(start, width), row);
            TensorPrimitives.Subtract(row, TensorPrimitives.Sum<float>(row) / width, row);
            TensorPrimitives.Multiply(row, 1 / MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(row) / width + Epsilon), row);
            TensorPrimitives.MultiplyAdd(row, Weight, Bias, row);
        }
    }
}
