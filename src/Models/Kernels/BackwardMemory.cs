using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Kernels;

/// <summary>
/// Lets go of an operator's memory when its way back is done. TorchSharp itself would keep all of it, tensors saved and gradients passed on, until the
/// whole step's goes.
/// </summary>
internal static class BackwardMemory
{
    // libtorch takes gradients over after the operator has returned, and so before it calls the next one on this thread.
    [ThreadStatic]
    private static List<Tensor>? _returned;

    /// <summary>Frees what the operator saved and used.</summary>
    /// <param name="context">The operator's; nothing can be read from it any more.</param>
    /// <param name="used">Tensors that only the way back needed, the gradient that came in among them.</param>
    /// <param name="gradients">What the operator is about to return: new tensors, and null where there is no gradient.</param>
    /// <returns><paramref name="gradients"/>.</returns>
    public static List<Tensor> Release(autograd.AutogradContext context, IEnumerable<Tensor> used, List<Tensor> gradients)
    {
        foreach (var tensor in used)
            tensor.Dispose();
        foreach (var tensor in _returned ?? [])
            tensor?.Dispose();
        context.Dispose();
        return _returned = gradients;
    }
}
