using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>The representations of all users and items (eq. 19), copied out of a model.</summary>
internal static class RearmVectors
{
    /// <summary>A forward pass without dropout and gradients.</summary>
    internal static ModelVectors Compute(RearmModel model, RearmInputs inputs)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        model.eval();
        var vectors = model.forward(inputs).Representation.cpu().to(ScalarType.Float32).contiguous();
        var values = TensorMemory.Values(vectors, vectors.numel());
        var users = inputs.Users * model.Width;
        return new(model.Width, values[..users].ToArray(), values[users..].ToArray());
    }
}
