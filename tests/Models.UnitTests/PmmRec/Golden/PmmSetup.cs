using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.PmmRec;
using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.UnitTests.Golden;
using Rearm.Streaming.Testing.Golden;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.UnitTests.PmmRec.Golden;

/// <summary>Our model with a case's tokens and starting parameters, in one precision.</summary>
internal sealed class PmmSetup : IDisposable
{
    internal static readonly string[] TextFirst = ["text", "image"];
    internal static readonly string[] ImageFirst = ["image", "text"];

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly PmmCase _golden;
    private readonly ScalarType _dtype;

    /// <param name="golden">The case.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="kernels">Managed kernels where they fit, or plain operators alone.</param>
    /// <param name="modalities">In the model's order.</param>
    /// <param name="losses">Besides next-item prediction.</param>
    internal PmmSetup(PmmCase golden, ScalarType dtype, KernelMode kernels, string[] modalities, AuxiliaryLosses losses = AuxiliaryLosses.None)
    {
        (_golden, _dtype) = (golden, dtype);
        Tokens = new([.. modalities.Select(Modality)], [.. Enumerable.Repeat(true, golden.Items)]);
        Hyper = golden.Parameters(losses);
        Model = new(Tokens, Hyper, seed: 1, dtype, GoldenModel.Device, kernels);
        using var _ = no_grad();
        foreach (var (theirs, parameter) in Parameters)
            parameter.copy_(Array(golden.Arrays[theirs.StartsWith("nid", StringComparison.Ordinal) ? $"own/param/{theirs}" : $"param/{theirs}"]));
    }

    internal PmmRecHyperParameters Hyper { get; }

    internal PmmRecModel Model { get; }

    internal ItemTokens Tokens { get; }

    internal IEnumerable<(string Theirs, Parameter Parameter)> Parameters => Model.named_parameters().Select(p => (PmmNames.Theirs(p.name), p.parameter));

    internal SequenceBatch Batch(int number)
    {
        var items = _golden.Arrays["batch/items"];
        var size = items.Shape[1] * items.Shape[2];
        return new(System.Array.ConvertAll(items.Values[(number * size)..((number + 1) * size)], v => (int)v), _golden.Width);
    }

    internal Tensor Popularity(SequenceBatch batch)
    {
        var shares = _golden.Arrays["data/pop_prob"].Values;
        return tensor([.. batch.Rows.ToArray().Select(row => Math.Log(shares[row]))], dtype: _dtype, device: GoldenModel.Device);
    }

    internal Tensor Array(NpyArray array) => tensor(array.Values, [.. array.Shape.Select(s => (long)s)], dtype: _dtype, device: GoldenModel.Device);

    public void Dispose()
    {
        Model.Dispose();
        _scope.Dispose();
    }

    private ModalTokens Modality(string name)
    {
        var values = Array(_golden.Arrays[$"input/{name}_tokens"]);
        // Every item has an image, padding too.
        var mask = name == "text" ? Array(_golden.Arrays["input/text_mask"]) : ones(values.shape[0], values.shape[1], _dtype, GoldenModel.Device);
        return new(name, values, mask);
    }
}
