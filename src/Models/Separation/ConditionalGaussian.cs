using Rearm.Streaming.Models.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>The network of the CLUB bound: a normal distribution of b for each a, its mean by two layers, the logarithm of its variance by two more and a tanh.</summary>
internal sealed class ConditionalGaussian : nn.Module
{
    internal ConditionalGaussian(long width, long hidden, ScalarType dtype, Device device) : base(nameof(ConditionalGaussian))
    {
        MeanFirst = Layer("mean1", width, hidden);
        MeanSecond = Layer("mean2", hidden, width);
        VarianceFirst = Layer("variance1", width, hidden);
        VarianceSecond = Layer("variance2", hidden, width);

        Linear Layer(string name, long inputs, long outputs)
        {
            var layer = nn.Linear(inputs, outputs, device: device, dtype: dtype);
            register_module(name, layer);
            return layer;
        }
    }

    internal Linear MeanFirst { get; }

    internal Linear MeanSecond { get; }

    internal Linear VarianceFirst { get; }

    internal Linear VarianceSecond { get; }

    /// <param name="a">Rows x width.</param>
    /// <returns>Rows x width.</returns>
    internal Tensor Mean(Tensor a) => MeanSecond.Steady(MeanFirst.Steady(a).relu());

    /// <inheritdoc cref="Mean"/>
    internal Tensor LogVariance(Tensor a) => VarianceSecond.Steady(VarianceFirst.Steady(a).relu()).tanh();

    /// <summary>
    /// CLUB (P. Cheng et al., "CLUB: A Contrastive Log-ratio Upper Bound of Mutual Information", ICML 2020, https://arxiv.org/abs/2006.12013): how much better
    /// an item's own b fits its a than another item's does, half the mean over items.
    /// </summary>
    /// <param name="a">Items x width.</param>
    /// <param name="b">Items x width.</param>
    /// <param name="others">For each item another, or by chance itself.</param>
    /// <returns>One number, which may be negative.</returns>
    internal Tensor Bound(Tensor a, Tensor b, Tensor others)
    {
        var mean = Mean(a);
        var differences = (mean - b.index_select(0, others)).Squared() - (mean - b).Squared();
        // In two steps: a sum to one number at once depends on the number of threads.
        return (differences * LogVariance(a).neg().exp()).sum([0]).sum().Times(0.25 / a.shape[0]);
    }

    /// <summary>The mean over items of -log p(b | a), without its constant.</summary>
    /// <param name="a">Rows x width: some or all of the items, once or more.</param>
    /// <param name="b">The same shape.</param>
    /// <param name="items">Rows of each couple, over which the mean is taken; couples are added up.</param>
    internal Tensor NegativeLogLikelihood(Tensor a, Tensor b, long items)
    {
        var logVariance = LogVariance(a);
        return ((Mean(a) - b).Squared() * logVariance.neg().exp()).Plus(logVariance).sum([0]).sum().Times(0.5 / items);
    }
}
