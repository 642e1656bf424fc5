using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>Some items' tokens in one modality; an item without the modality has none, and one vector is one token.</summary>
/// <param name="Name">The modality's.</param>
/// <param name="Values">Items x tokens x width.</param>
/// <param name="Mask">1 where there is a token, otherwise 0: items x tokens.</param>
internal sealed record ModalTokens(string Name, Tensor Values, Tensor Mask) : IDisposable
{
    /// <summary>Width of a token.</summary>
    internal int Width => (int)Values.shape[2];

    /// <summary>The tokens of some of the items.</summary>
    internal ModalTokens Select(Tensor rows) => new(Name, Values.index_select(0, rows), Mask.index_select(0, rows));

    public void Dispose()
    {
        Values.Dispose();
        Mask.Dispose();
    }
}
