using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>A model that makes a vector of each item, and a user's vector of those of the user's items. A score is their inner product.</summary>
internal abstract class SequenceModel : nn.Module
{
    /// <param name="name">What the parameters' names begin with, so that checkpoints of several models don't mix.</param>
    /// <param name="hyper">Its shape.</param>
    /// <param name="seed">Of the initial values.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where it is.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    protected SequenceModel(string name, SequenceParameters hyper, int seed, ScalarType dtype, Device device, KernelMode kernels) : base(name)
    {
        manual_seed(seed);
        Encoder = new(hyper, dtype, device, kernels);
        register_module(EncoderOf(name), Encoder);
    }

    /// <summary>What the names of a model's user encoder's parameters begin with.</summary>
    internal static string EncoderOf(string model) => $"{model}_users";

    /// <summary>From items to the user.</summary>
    internal SasRecEncoder Encoder { get; }

    /// <summary>What the rows of a parameter belong to.</summary>
    internal virtual ParameterRows RowsOf(string name) => ParameterRows.Shared;

    /// <summary>Whether a vector can be made of an item; those of which none can are left out of sequences.</summary>
    internal abstract bool Knows(int item);

    /// <summary>The vectors of some items.</summary>
    /// <param name="rows">0 for padding, i + 1 for item i.</param>
    /// <returns>Rows x d.</returns>
    internal abstract Tensor Items(Tensor rows);

    /// <summary>The trained item encoder, where the model makes an item's vector of its features alone; null: items' vectors are learned.</summary>
    internal virtual ItemEncoderWeights? ItemEncoderWeights() => null;

    /// <summary>The loss of a batch with a real input.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="logPopularity">Of each of its rows; null: not to be taken into account.</param>
    /// <param name="random">For what is drawn at random.</param>
    internal virtual Tensor Loss(SequenceBatch batch, Tensor? logPopularity, Random random)
    {
        var items = Spread(Items(Constant.Indices(batch.Distinct, Encoder.Positions)), batch);
        return NextItemLoss.Forward(States(items, batch), items, batch, logPopularity);
    }

    /// <summary>From a row for each different item to a row for each item of the batch.</summary>
    protected static Tensor Spread(Tensor distinct, SequenceBatch batch) => distinct.index_select(0, Constant.Indices(batch.Places, distinct));

    /// <summary>The user encoder's states.</summary>
    /// <param name="items">B W x d.</param>
    /// <param name="batch">The batch.</param>
    /// <returns>B x L x d.</returns>
    internal Tensor States(Tensor items, SequenceBatch batch) => Encoder.forward(
        items.reshape(batch.Users, batch.Width, -1).narrow(1, 0, batch.Length), HistoryMask.Of(batch.Rows, batch.Width, batch.Length, items));
}
