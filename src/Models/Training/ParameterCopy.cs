using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>A copy of a model's parameters that can be restored.</summary>
internal sealed class ParameterCopy : IDisposable
{
    private readonly (Parameter Live, Tensor Kept)[] _pairs;

    internal ParameterCopy(nn.Module model)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        _pairs = [.. model.parameters().Select(p => (p, p.detach().clone().DetachFromDisposeScope()))];
    }

    /// <summary>Copies the model's parameters as they are now.</summary>
    internal void Take()
    {
        using var _ = no_grad();
        foreach (var (live, kept) in _pairs)
            kept.copy_(live);
    }

    /// <summary>Puts the copy into the model.</summary>
    internal void Restore()
    {
        using var _ = no_grad();
        foreach (var (live, kept) in _pairs)
            live.copy_(kept);
    }

    public void Dispose()
    {
        foreach (var (_, kept) in _pairs)
            kept.Dispose();
    }
}
