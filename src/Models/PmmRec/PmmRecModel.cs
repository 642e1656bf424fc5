using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.PmmRec.Losses;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>
/// PMMRec: Y. Li et al., "Multi-Modality is All You Need for Transferable Recommender Systems", ICDE 2024, https://arxiv.org/abs/2312.09602. An item is its
/// tokens alone, so items that nobody has touched have vectors too, and the parameters fit any catalogue with the same kinds of vectors.
/// </summary>
internal sealed class PmmRecModel : SequenceModel
{
    internal const string Name = "pmmrec";

    /// <summary>What the names of the item encoder's parameters begin with.</summary>
    internal const string ItemEncoderName = $"{Name}_items";

    private readonly PmmRecHyperParameters _hyper;
    private readonly ItemTokens _tokens;

    /// <param name="tokens">The items'; disposed with the model.</param>
    /// <param name="hyper">The model's shape.</param>
    /// <param name="seed">Of the initial values.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where it is.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    /// <exception cref="ArgumentException">A loss needs more modalities than there are, or fewer.</exception>
    internal PmmRecModel(ItemTokens tokens, PmmRecHyperParameters hyper, int seed, ScalarType dtype, Device device, KernelMode kernels = KernelMode.Auto)
        : base(Name, hyper, seed, dtype, device, kernels)
    {
        (_tokens, _hyper) = (tokens, hyper);
        RequireModalities(hyper, tokens.Modalities.Count);
        ItemEncoder = new(tokens.Modalities, hyper, dtype, device, kernels);
        register_module(ItemEncoderName, ItemEncoder);
        if (hyper.Losses.HasFlag(AuxiliaryLosses.Nid))
        {
            NoiseClassifier = XavierNormal.Linear(hyper.Dimension, CorruptedBatch.Kinds, bias: true, dtype, device);
            register_module($"{Name}_noise", NoiseClassifier);
        }
        if (hyper.Losses.HasFlag(AuxiliaryLosses.ProgramNicl))
        {
            ContrastProjection = new(hyper.Dimension, dtype, device);
            register_module($"{Name}_contrast", ContrastProjection);
        }
    }

    /// <summary>From tokens to items.</summary>
    internal ItemEncoder ItemEncoder { get; }

    /// <summary>What was done to an item, from the state behind it; null unless it is trained.</summary>
    internal Linear? NoiseClassifier { get; }

    /// <summary>Of the older program's contrast; null unless it is trained.</summary>
    internal ContrastProjection? ContrastProjection { get; }

    /// <inheritdoc/>
    internal override bool Knows(int item) => _tokens.Knows(item);

    /// <inheritdoc/>
    internal override ItemEncoderWeights? ItemEncoderWeights() => _tokens.AreVectors ? ItemEncoder.Weights(_tokens.Preparation) : null;

    /// <inheritdoc/>
    internal override Tensor Items(Tensor rows) => ItemEncoder.Encode(_tokens.Select(rows)).Vectors;

    /// <inheritdoc/>
    internal override Tensor Loss(SequenceBatch batch, Tensor? logPopularity, Random random)
    {
        var corrupted = (_hyper.Losses & (AuxiliaryLosses.Nid | AuxiliaryLosses.Rcl)) == 0 ? null : CorruptedBatch.Of(batch, random);
        return PmmRecLoss.Terms(this, Encode(batch), batch, logPopularity, corrupted, _hyper).Total;
    }

    /// <summary>The items of a batch, each different one computed once: B W rows.</summary>
    internal EncodedItems Encode(SequenceBatch batch)
    {
        var distinct = ItemEncoder.Encode(_tokens.Select(Constant.Indices(batch.Distinct, Encoder.Positions)));
        return distinct.Select(Constant.Indices(batch.Places, Encoder.Positions));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _tokens.Dispose();
        base.Dispose(disposing);
    }

    private static void RequireModalities(PmmRecHyperParameters hyper, int count)
    {
        if (hyper.Losses.HasFlag(AuxiliaryLosses.Nicl) && count < 2)
            throw new ArgumentException($"The loss nicl compares modalities with each other, and there is {count}; two are needed, or leave it out of losses.");
        if (hyper.Losses.HasFlag(AuxiliaryLosses.ProgramNicl) && count != 2)
            throw new ArgumentException($"The loss program_nicl compares two modalities, and there are {count}; choose two, or leave it out of losses.");
    }
}
