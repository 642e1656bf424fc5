using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.SasRec;

/// <summary>
/// SASRec: an embedding per item and the user encoder (<see cref="SasRecEncoder"/>). Trained by PMMRec's next-item loss in place of the paper's one
/// sampled negative per position, so that the two differ in what an item is made of alone.
/// </summary>
internal sealed class SasRecModel : SequenceModel
{
    private const string ItemsName = "sasrec_items";

    private readonly Parameter _items;

    /// <param name="hyper">The model's shape.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="seed">Of the initial values.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where it is.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    internal SasRecModel(SequenceParameters hyper, int items, int seed, ScalarType dtype, Device device, KernelMode kernels = KernelMode.Auto)
        : base("sasrec", hyper, seed, dtype, device, kernels)
    {
        _items = XavierNormal.Matrix(items, hyper.Dimension, dtype, device);
        register_parameter(ItemsName, _items);
    }

    /// <inheritdoc/>
    internal override ParameterRows RowsOf(string name) => name == ItemsName ? ParameterRows.Items : ParameterRows.Shared;

    /// <inheritdoc/>
    internal override bool Knows(int item) => true;

    /// <inheritdoc/>
    internal override Tensor Items(Tensor rows) => cat([zeros(1, _items.shape[1], _items.dtype, _items.device), _items], 0).index_select(0, rows);
}
