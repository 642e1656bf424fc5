using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>AdamW: in one pass over each parameter where a kernel fits (float32 on the CPU), otherwise by plain operators; its state can be taken out and put back.</summary>
internal sealed class AdamWOptimizer : IDisposable
{
    // As torch's, and as in the paper (Loshchilov and Hutter).
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Parameter[] _parameters;
    private readonly double _rate;
    private readonly double _decay;
    private readonly KernelMode _kernels;
    private readonly AdamWState?[] _states;

    /// <param name="parameters">What to optimise.</param>
    /// <param name="rate">Step size.</param>
    /// <param name="decay">Decoupled weight decay, per unit of step size.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal AdamWOptimizer(IEnumerable<Parameter> parameters, double rate, double decay, KernelMode kernels = KernelMode.Auto)
    {
        _parameters = [.. parameters];
        _rate = rate;
        _decay = decay;
        _kernels = kernels;
        _states = new AdamWState?[_parameters.Length];
    }

    /// <summary>Moves each parameter that has a gradient.</summary>
    internal void Step() => Step(..);

    /// <summary>Moves those of some parameters that have a gradient.</summary>
    /// <param name="places">Of the parameters, in the list.</param>
    internal void Step(Range places)
    {
        using var _ = no_grad();
        using var scope = NewDisposeScope();
        var (first, count) = places.GetOffsetAndLength(_parameters.Length);
        for (var i = first; i < first + count; i++)
            if (_parameters[i].grad is { } gradient)
            {
                var state = _states[i] ??= AdamWState.Zero(_parameters[i]);
                state.Steps++;
                if (_kernels.Fit(_parameters[i]) && _parameters[i].is_contiguous())
                    Step(_parameters[i], gradient.contiguous(), state);
                else
                    PlainStep(_parameters[i], gradient, state);
            }
    }

    /// <summary>Forgets the gradients.</summary>
    internal void ZeroGradients()
    {
        foreach (var parameter in _parameters)
            parameter.grad = null;
    }

    /// <summary>The state of a parameter, by its place in the list; null before its first step.</summary>
    internal AdamWState? StateOf(int parameter) => _states[parameter];

    /// <summary>Goes on from a state; it belongs to the optimizer from now on.</summary>
    internal void Restore(int parameter, AdamWState state)
    {
        _states[parameter]?.Dispose();
        _states[parameter] = state;
    }

    public void Dispose()
    {
        foreach (var state in _states)
            state?.Dispose();
    }

    private unsafe void Step(Parameter parameter, Tensor gradient, AdamWState state)
    {
        var step = new AdamWStep(
            Keep: (float)(1 - _rate * _decay),
            Rate: (float)(_rate / (1 - Math.Pow(Beta1, state.Steps))),
            Beta1: (float)Beta1,
            Beta2: (float)Beta2,
            SquareCorrection: (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, state.Steps))),
            Epsilon: (float)Epsilon);
        var count = parameter.numel();
        fixed (float* values = TensorMemory.Values(parameter, count), g = TensorMemory.Values(gradient, count))
        fixed (float* mean = TensorMemory.Values(state.Mean, count), square = TensorMemory.Values(state.Square, count))
            new AdamWKernel(values, g, mean, square, count, step).Run();
    }

    private void PlainStep(Parameter parameter, Tensor gradient, AdamWState state)
    {
        state.Mean.Scale(Beta1).AddScaled(gradient, 1 - Beta1);
        state.Square.Scale(Beta2).AddProduct(gradient, gradient, 1 - Beta2);
        var deviation = state.Square.sqrt().Divide(Math.Sqrt(1 - Math.Pow(Beta2, state.Steps))).Add(Epsilon);
        parameter.Scale(1 - _rate * _decay).AddQuotient(state.Mean, deviation, -_rate / (1 - Math.Pow(Beta1, state.Steps)));
    }
}
