using System.Numerics.Tensors;
using Rearm.Streaming.Models.Kernels;

namespace Rearm.Streaming.Models.Ials;

/// <summary>
/// A user's vector x for fixed items (eq. 4 of Hu et al.): (Y'Y + Y'(C - I)Y + lambda I) x = Y'C p, not inverted but approached by a few steps of
/// conjugate gradient from where x is (Takacs et al., algorithm 1), so that a vector costs f^2 and not f^3. Items' vectors alike.
/// </summary>
/// <param name="gram">Y'Y + lambda I, f x f, symmetric.</param>
/// <param name="others">Y, row-major, f wide.</param>
/// <param name="numbers">0, 1, ..., f - 1.</param>
/// <param name="width">f.</param>
internal readonly unsafe ref struct ConjugateGradient<TFloat, TInt>(float* gram, float* others, int* numbers, int width)
    where TFloat : struct, IFloatLanes<TFloat, TInt>
    where TInt : struct, IIntLanes<TInt>
{
    // Below this a step would only divide noise by noise.
    private const float Solved = 1e-20f;

    // Coefficients for so many touched items stay on the stack; others are added a part at a time.
    private const int Part = 256;

    private readonly float* _gram = gram;
    private readonly float* _others = others;
    private readonly int* _numbers = numbers;
    private readonly int _width = width;

    /// <param name="touched">Rows of Y that were touched.</param>
    /// <param name="surplus">c - 1 of each.</param>
    /// <param name="count">How many.</param>
    /// <param name="steps">Steps at most.</param>
    /// <param name="x">The vector; its old value is where the steps begin.</param>
    public void Solve(int* touched, float* surplus, int count, int steps, Span<float> x)
    {
        Span<float> residual = stackalloc float[_width], direction = stackalloc float[_width];
        Span<float> product = stackalloc float[_width], scratch = stackalloc float[_width];
        // b - A x, where of b = Y'C p and of A x the terms of what was touched are added up together: (1 + surplus) y - surplus (y x) y.
        Multiply(x, residual);
        TensorPrimitives.Negate<float>(residual, residual);
        AddTouched(touched, surplus, count, x, constant: 1, factor: -1, residual, scratch);
        residual.CopyTo(direction);
        var square = TensorPrimitives.SumOfSquares<float>(residual);
        for (var step = 0; step < steps && square > Solved; step++)
        {
            Multiply(direction, product);
            AddTouched(touched, surplus, count, direction, constant: 0, factor: 1, product, scratch);
            var length = square / TensorPrimitives.Dot<float>(direction, product);
            TensorPrimitives.MultiplyAdd(direction, length, x, x);
            TensorPrimitives.MultiplyAdd(product, -length, residual, residual);
            var next = TensorPrimitives.SumOfSquares<float>(residual);
            TensorPrimitives.MultiplyAdd(direction, next / square, residual, direction);
            square = next;
        }
    }

    /// <summary>gram v, which for a symmetric matrix is the sum of its rows by v.</summary>
    private void Multiply(ReadOnlySpan<float> v, Span<float> product)
    {
        fixed (float* values = v, y = product)
            SparseProduct<TFloat, TInt>.Row(_numbers, values, 0, _width, _gram, y, _width);
    }

    /// <summary>Adds (constant (1 + surplus) + factor surplus (y v)) y for each y touched.</summary>
    private void AddTouched(int* touched, float* surplus, int count, ReadOnlySpan<float> v, float constant, float factor, Span<float> sum, Span<float> scratch)
    {
        var coefficients = stackalloc float[Part];
        for (var begin = 0; begin < count; begin += Part)
        {
            var part = Math.Min(Part, count - begin);
            for (var n = 0; n < part; n++)
            {
                var c = surplus[begin + n];
                var y = new ReadOnlySpan<float>(_others + (long)touched[begin + n] * _width, _width);
                coefficients[n] = constant * (1 + c) + factor * c * TensorPrimitives.Dot(y, v);
            }
            fixed (float* target = scratch)
                SparseProduct<TFloat, TInt>.Row(touched + begin, coefficients, 0, part, _others, target, _width);
            TensorPrimitives.Add(sum, scratch, sum);
        }
    }
}
