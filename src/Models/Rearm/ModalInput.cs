using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>One modality as the model reads it.</summary>
/// <param name="Name">E.g. "image".</param>
/// <param name="Features">The items' prepared raw vectors, items x width; zeros where an item has none.</param>
/// <param name="MeanOfItems">Users x items: gives each user's mean over the items touched.</param>
internal sealed record ModalInput(string Name, Tensor Features, SparseOperator MeanOfItems) : IDisposable
{
    internal long Dimension => Features.shape[1];

    public void Dispose()
    {
        Features.Dispose();
        MeanOfItems.Dispose();
    }
}
