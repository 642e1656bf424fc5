using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>
/// SEA's separate learning (Z. He et al., https://arxiv.org/abs/2406.08270), for any model that projects the items' features: of each modality's projected
/// vectors the first half shall be what modalities have in common ("generic": <see cref="SoloSimilarity"/>), the rest what it alone has ("unique": the CLUB
/// bound of <see cref="ConditionalGaussian"/> on what the two halves tell of each other). The halves are used by nothing else. A model registers this as its
/// last module, because the bound's network is trained apart.
/// </summary>
internal sealed class SeparateLearning : nn.Module
{
    private readonly SeparationParameters _hyper;
    private readonly KernelMode _kernels;
    private Random _random = new(0);

    /// <param name="modalities">Name and width of each modality's projected vectors, in the model's order; one or more.</param>
    /// <param name="parameters">Weights and widths.</param>
    /// <param name="dtype">Precision.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    /// <exception cref="ArgumentException">The widths can't be split.</exception>
    internal SeparateLearning(
        IReadOnlyList<(string Name, int Width)> modalities, SeparationParameters parameters, ScalarType dtype, Device device, KernelMode kernels) : base(nameof(SeparateLearning))
    {
        _hyper = parameters;
        _kernels = kernels;
        Check(modalities, parameters);
        HasSolo = parameters.SoloWeight > 0 && modalities.Count > 1;
        Modalities = [.. modalities.Select(m => new SeparatedModality(m.Width, parameters, HasSolo, dtype, device))];
        foreach (var (part, (name, _)) in Modalities.Zip(modalities))
            register_module(ModuleNames.Of("part", name), part);
        if (parameters.ClubWeight > 0)
        {
            Network = new ConditionalGaussian(parameters.ClubWidth > 0 ? parameters.ClubWidth : modalities[0].Width / 2, parameters.ClubHidden, dtype, device);
            register_module("club", Network);
        }
    }

    /// <summary>In the model's order.</summary>
    internal IReadOnlyList<SeparatedModality> Modalities { get; }

    /// <summary>The bound's network; null: there is none.</summary>
    internal ConditionalGaussian? Network { get; }

    /// <summary>Whether generic halves are aligned.</summary>
    internal bool HasSolo { get; }

    /// <summary>Starts what is random, the other items of the bound, anew.</summary>
    internal void Reseed(int seed) => _random = new(seed);

    /// <summary>The losses, over all items.</summary>
    /// <param name="projected">Per modality, items x width.</param>
    internal SeparationTerms Forward(IReadOnlyList<Tensor> projected) =>
        Forward(projected, Network is null ? [] : [.. projected.Select(p => Permutation(p))]);

    /// <summary>The losses with given other items.</summary>
    /// <param name="projected">Per modality, items x width.</param>
    /// <param name="others">Per modality, a permutation of the items.</param>
    internal SeparationTerms Forward(IReadOnlyList<Tensor> projected, Tensor[] others)
    {
        var halves = Modalities.Zip(projected, (m, z) => m.Split(z)).ToArray();
        var solo = HasSolo ? SoloSimilarity.Forward([.. Modalities.Zip(halves, (m, h) => m.Head!.forward(h.Generic))], _hyper.Temperature, _kernels) : null;
        if (Network is null)
            return new(solo, [], null, [], []);
        var generic = Modalities.Zip(halves, (m, h) => m.GenericLayer?.Steady(h.Generic) ?? h.Generic).ToArray();
        var unique = Modalities.Zip(halves, (m, h) => m.UniqueLayer?.Steady(h.Unique) ?? h.Unique).ToArray();
        var bounds = generic.Select((a, m) => Network.Bound(a, unique[m], others[m])).ToArray();
        return new(solo, bounds, stack(bounds.Select(b => b.relu())).mean(), [.. generic.Select(a => a.detach())], [.. unique.Select(b => b.detach())]);
    }

    /// <summary>Trains the bound's network on what it was given last. Gradients that it has are forgotten.</summary>
    /// <param name="terms">The step's losses.</param>
    /// <param name="optimizer">Of the whole model.</param>
    /// <returns>The loss before each step, couples added up; empty without a network.</returns>
    internal double[] Fit(SeparationTerms terms, AdamWOptimizer optimizer)
    {
        if (Network is null)
            return [];
        var couples = Couples(terms);
        using var scope = NewDisposeScope();
        return ClubFitting.Run(
            Network, cat([.. couples.Select(c => c.From)], 0), cat([.. couples.Select(c => c.To)], 0), terms.Generic[0].shape[0], _hyper.ClubSteps, optimizer, _kernels);
    }

    private (Tensor From, Tensor To)[] Couples(SeparationTerms terms)
    {
        var modalities = Enumerable.Range(0, Modalities.Count);
        // One modality has no other to be fitted to.
        if (_hyper.ClubFit == ClubFit.Within || Modalities.Count == 1)
            return [.. modalities.Select(m => (terms.Generic[m], terms.Unique[m]))];
        return [.. modalities.SelectMany(later => modalities.Take(later).SelectMany(earlier => new[]
        {
            (terms.Generic[later], terms.Generic[earlier]), (terms.Unique[later], terms.Unique[earlier]),
        }))];
    }

    private Tensor Permutation(Tensor projected)
    {
        var order = new long[projected.shape[0]];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        _random.Shuffle(order);
        return tensor(order, device: projected.device);
    }

    private static void Check(IReadOnlyList<(string Name, int Width)> modalities, SeparationParameters parameters)
    {
        foreach (var (name, width) in modalities)
        {
            if (width < 2)
                throw new UnsuitableDataException($"The modality \"{name}\" has vectors of {width} number, which can't be split into a generic and a unique half; project it to 2 or more.");
            if (parameters is { ClubWeight: > 0, ClubWidth: 0 } && (width % 2 != 0 || width != modalities[0].Width))
                throw new UnsuitableDataException($"The modality \"{name}\" is {width} wide and \"{modalities[0].Name}\" {modalities[0].Width}; with club_width 0 all need one, even width.");
        }
    }
}
