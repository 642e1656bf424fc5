using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>What the losses have of their own for one modality: its two halves, and the layers that they go through before they are compared.</summary>
internal sealed class SeparatedModality : nn.Module
{
    private readonly int _genericWidth;

    /// <param name="width">Of the modality's projected vectors, 2 or more.</param>
    /// <param name="parameters">Widths.</param>
    /// <param name="hasHead">Whether it is aligned with others.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where the parameters live.</param>
    internal SeparatedModality(int width, SeparationParameters parameters, bool hasHead, ScalarType dtype, Device device) : base(nameof(SeparatedModality))
    {
        _genericWidth = width / 2;
        if (hasHead)
        {
            Head = new AlignmentHead(_genericWidth, parameters.HeadHidden, parameters.HeadWidth, dtype, device);
            register_module("head", Head);
        }
        if (parameters.ClubWeight > 0 && parameters.ClubWidth > 0)
        {
            GenericLayer = nn.Linear(_genericWidth, parameters.ClubWidth, device: device, dtype: dtype);
            UniqueLayer = nn.Linear(width - _genericWidth, parameters.ClubWidth, device: device, dtype: dtype);
            register_module("generic", GenericLayer);
            register_module("unique", UniqueLayer);
        }
    }

    /// <summary>Null: there is no alignment.</summary>
    internal AlignmentHead? Head { get; }

    /// <summary>From the generic half to the CLUB network; null: as it is.</summary>
    internal Linear? GenericLayer { get; }

    /// <summary>From the unique half to the CLUB network; null: as it is.</summary>
    internal Linear? UniqueLayer { get; }

    /// <summary>The two halves of projected vectors, the smaller one first.</summary>
    internal (Tensor Generic, Tensor Unique) Split(Tensor projected)
    {
        var halves = projected.split([_genericWidth, projected.shape[1] - _genericWidth], 1);
        return (halves[0], halves[1]);
    }
}
