using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rearm.Streaming.Server.Encoders;

/// <summary>
/// A matrix of weights as a product reads it: in panels of two vectors' outputs, in each the inputs one after the other, so that memory is read in order and
/// every load serves several rows. The last panel is filled up with zeros.
/// </summary>
internal sealed class PackedMatrix
{
    // Rows that share the loads of weights: with two vectors each, their sums are in registers.
    private const int RowsTogether = 4;

    private static readonly int Lanes = Vector<float>.Count;

    private readonly float[] _panels;
    private readonly int _outputs;
    private readonly int _inputs;

    /// <param name="weights">Row-major, outputs x inputs.</param>
    /// <param name="outputs">Its rows.</param>
    /// <param name="inputs">Its columns.</param>
    public PackedMatrix(ReadOnlySpan<float> weights, int outputs, int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, outputs * inputs);
        (_outputs, _inputs) = (outputs, inputs);
        _panels = new float[(outputs + PanelWidth - 1) / PanelWidth * PanelWidth * inputs];
        for (var output = 0; output < outputs; output++)
            for (var input = 0; input < inputs; input++)
                _panels[(output / PanelWidth * inputs + input) * PanelWidth + output % PanelWidth] = weights[output * inputs + input];
    }

    private static int PanelWidth => 2 * Lanes;

    /// <summary>y = x W^T + b.</summary>
    /// <param name="x">Rows x inputs.</param>
    /// <param name="bias">As long as there are outputs; empty: none.</param>
    /// <param name="y">Takes rows x outputs.</param>
    public void Multiply(ReadOnlySpan<float> x, ReadOnlySpan<float> bias, Span<float> y)
    {
        var rows = x.Length / _inputs;
        // What follows does not check.
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Length, rows * _inputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, rows * _outputs);
        Span<float> sums = stackalloc float[RowsTogether * PanelWidth];
        for (var first = 0; first < _outputs; first += PanelWidth)
        {
            var panel = _panels.AsSpan(first * _inputs, PanelWidth * _inputs);
            var width = Math.Min(PanelWidth, _outputs - first);
            var row = 0;
            for (; row + RowsTogether <= rows; row += RowsTogether)
            {
                Four(x.Slice(row * _inputs, RowsTogether * _inputs), panel, sums);
                for (var r = 0; r < RowsTogether; r++)
                    sums.Slice(r * PanelWidth, width).CopyTo(y[((row + r) * _outputs + first)..]);
            }
            for (; row < rows; row++)
            {
                One(x.Slice(row * _inputs, _inputs), panel, sums);
                sums[..width].CopyTo(y[(row * _outputs + first)..]);
            }
        }
        if (!bias.IsEmpty)
            for (var row = 0; row < rows; row++)
                TensorPrimitives.Add(y.Slice(row * _outputs, _outputs), bias, y.Slice(row * _outputs, _outputs));
    }

    private static void Four(ReadOnlySpan<float> x, ReadOnlySpan<float> panel, Span<float> sums)
    {
        var inputs = x.Length / RowsTogether;
        ref var one = ref MemoryMarshal.GetReference(x);
        ref var weights = ref MemoryMarshal.GetReference(panel);
        Vector<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
        for (var i = 0; i < inputs; i++)
        {
            var w0 = Vector.LoadUnsafe(ref weights, (nuint)(i * 2 * Lanes));
            var w1 = Vector.LoadUnsafe(ref weights, (nuint)(i * 2 * Lanes + Lanes));
            var a = Vector.Create(Unsafe.Add(ref one, i));
            (a0, a1) = (Vector.MultiplyAddEstimate(a, w0, a0), Vector.MultiplyAddEstimate(a, w1, a1));
            var b = Vector.Create(Unsafe.Add(ref one, inputs + i));
            (b0, b1) = (Vector.MultiplyAddEstimate(b, w0, b0), Vector.MultiplyAddEstimate(b, w1, b1));
            var c = Vector.Create(Unsafe.Add(ref one, 2 * inputs + i));
            (c0, c1) = (Vector.MultiplyAddEstimate(c, w0, c0), Vector.MultiplyAddEstimate(c, w1, c1));
            var d = Vector.Create(Unsafe.Add(ref one, 3 * inputs + i));
            (d0, d1) = (Vector.MultiplyAddEstimate(d, w0, d0), Vector.MultiplyAddEstimate(d, w1, d1));
        }
        ReadOnlySpan<Vector<float>> all = [a0, a1, b0, b1, c0, c1, d0, d1];
        MemoryMarshal.Cast<Vector<float>, float>(all).CopyTo(sums);
    }

    private static void One(ReadOnlySpan<float> x, ReadOnlySpan<float> panel, Span<float> sums)
    {
        ref var weights = ref MemoryMarshal.GetReference(panel);
        Vector<float> even0 = default, even1 = default, odd0 = default, odd1 = default;
        var i = 0;
        // Two sums each, so that one need not wait for the one before.
        for (; i + 1 < x.Length; i += 2)
        {
            var (a, b) = (Vector.Create(x[i]), Vector.Create(x[i + 1]));
            even0 = Vector.MultiplyAddEstimate(a, Vector.LoadUnsafe(ref weights, (nuint)(i * 2 * Lanes)), even0);
            even1 = Vector.MultiplyAddEstimate(a, Vector.LoadUnsafe(ref weights, (nuint)(i * 2 * Lanes + Lanes)), even1);
            odd0 = Vector.MultiplyAddEstimate(b, Vector.LoadUnsafe(ref weights, (nuint)((i + 1) * 2 * Lanes)), odd0);
            odd1 = Vector.MultiplyAddEstimate(b, Vector.LoadUnsafe(ref weights, (nuint)((i + 1) * 2 * Lanes + Lanes)), odd1);
        }
        if (i < x.Length)
        {
            var a = Vector.Create(x[i]);
            even0 = Vector.MultiplyAddEstimate(a, Vector.LoadUnsafe(ref weights, (nuint)(i * 2 * Lanes)), even0);
            even1 = Vector.MultiplyAddEstimate(a, Vector.LoadUnsafe(ref weights, (nuint)(i * 2 * Lanes + Lanes)), even1);
        }
        (even0 + odd0).CopyTo(sums);
        (even1 + odd1).CopyTo(sums[Lanes..]);
    }
}
