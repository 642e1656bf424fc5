using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>What AdamW keeps for a parameter. Owns its tensors.</summary>
internal sealed class AdamWState(Tensor mean, Tensor square, int steps) : IDisposable
{
    /// <summary>Running mean of the gradient, shaped like the parameter.</summary>
    internal Tensor Mean { get; } = mean.DetachFromDisposeScope();

    /// <summary>Running mean of its square.</summary>
    internal Tensor Square { get; } = square.DetachFromDisposeScope();

    /// <summary>Steps taken.</summary>
    internal int Steps { get; set; } = steps;

    /// <summary>Before the first step.</summary>
    internal static AdamWState Zero(Parameter like) => new(zeros_like(like), zeros_like(like), 0);

    /// <summary>As it was saved.</summary>
    internal static AdamWState Of(Parameter like, float[] mean, float[] square, int steps) => new(Values(like, mean), Values(like, square), steps);

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Square.Dispose();
    }

    private static Tensor Values(Parameter like, float[] values) => tensor(values, like.shape, dtype: like.dtype, device: like.device);
}
