using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>AdamW: by a kernel of one pass over each parameter where all fit (float32 on the CPU), otherwise torch's.</summary>
internal sealed class AdamWOptimizer : IDisposable
{
    // As torch's, and as in the paper (Loshchilov and Hutter).
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Parameter[] _parameters;
    private readonly double _rate;
    private readonly double _decay;
    private readonly optim.Optimizer? _plain;
    private readonly State?[] _states;

    /// <param name="parameters">What to optimise.</param>
    /// <param name="rate">Step size.</param>
    /// <param name="decay">Decoupled weight decay, per unit of step size.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal AdamWOptimizer(IEnumerable<Parameter> parameters, double rate, double decay, KernelMode kernels = KernelMode.Auto)
    {
        _parameters = [.. parameters];
        _rate = rate;
        _decay = decay;
        _states = new State?[_parameters.Length];
        if (!_parameters.All(p => kernels.Fit(p) && p.is_contiguous()))
            _plain = optim.AdamW(_parameters, rate, Beta1, Beta2, Epsilon, decay);
    }

    /// <summary>Moves each parameter that has a gradient.</summary>
    internal void Step()
    {
        if (_plain is not null)
        {
            _plain.step();
            return;
        }
        using var scope = NewDisposeScope();
        for (var i = 0; i < _parameters.Length; i++)
            if (_parameters[i].grad is { } gradient)
                Step(_parameters[i], gradient.contiguous(), _states[i] ??= new(_parameters[i]));
    }

    /// <summary>Forgets the gradients.</summary>
    internal void ZeroGradients()
    {
        foreach (var parameter in _parameters)
            parameter.grad = null;
    }

    public void Dispose()
    {
        _plain?.Dispose();
        foreach (var state in _states)
            state?.Dispose();
    }

    private unsafe void Step(Parameter parameter, Tensor gradient, State state)
    {
        state.Steps++;
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

    private sealed class State(Parameter parameter) : IDisposable
    {
        public readonly Tensor Mean = Zeros(parameter);
        public readonly Tensor Square = Zeros(parameter);
        public int Steps;

        public void Dispose()
        {
            Mean.Dispose();
            Square.Dispose();
        }

        private static Tensor Zeros(Parameter like) => zeros(like.shape).DetachFromDisposeScope();
    }
}
