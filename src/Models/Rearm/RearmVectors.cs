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
        var vectors = model.forward(inputs).Representation.cpu();
        return new(model.Width,
            vectors.narrow(0, 0, inputs.Users).contiguous().data<float>().ToArray(),
            vectors.narrow(0, inputs.Users, inputs.Items).contiguous().data<float>().ToArray());
    }
}
