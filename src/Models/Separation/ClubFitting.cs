using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>Trains the CLUB bound's network to give what belongs together a high likelihood, by the model's own optimizer.</summary>
internal static class ClubFitting
{
    /// <summary>Takes some steps.</summary>
    /// <param name="network">Its parameters are the last of the optimizer's.</param>
    /// <param name="a">Rows x width: the couples below each other.</param>
    /// <param name="b">What belongs to it, the same shape.</param>
    /// <param name="items">Rows of one couple.</param>
    /// <param name="steps">How many.</param>
    /// <param name="optimizer">Has the step size, and the network's moments.</param>
    /// <param name="kernels">Whether the managed kernel may be used.</param>
    /// <returns>The loss before each step.</returns>
    internal static double[] Run(
        ConditionalGaussian network, Tensor a, Tensor b, long items, int steps, AdamWOptimizer optimizer, KernelMode kernels)
    {
        var parameters = network.parameters().ToArray();
        var loss = kernels.Fit(a) ? Managed(network, parameters, a, b, items) : () => Plain(network, a, b, items);
        var losses = new double[steps];
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            Forget(parameters);
            losses[step] = loss();
            optimizer.Step(^parameters.Length..);
        }
        Forget(parameters);
        return losses;
    }

    private static double Plain(ConditionalGaussian network, Tensor a, Tensor b, long items)
    {
        var loss = network.NegativeLogLikelihood(a, b, items);
        loss.backward();
        return loss.to(ScalarType.Float64).item<double>();
    }

    // The kernel's order of weights is that of the network's parameters.
    private static Func<double> Managed(ConditionalGaussian network, Parameter[] parameters, Tensor a, Tensor b, long items)
    {
        using Tensor rows = a.contiguous(), targets = b.contiguous();
        var likelihood = new GaussianLikelihood(
            TensorMemory.Values(rows, rows.numel()), TensorMemory.Values(targets, targets.numel()), (int)a.shape[1], (int)network.MeanFirst.weight!.shape[0]);
        var (weights, gradients) = (new float[likelihood.Weights], new float[likelihood.Weights]);
        return () =>
        {
            var place = 0;
            foreach (var parameter in parameters)
                TensorMemory.Values(parameter, parameter.numel()).CopyTo(weights.AsSpan(Next(parameter)));
            var loss = likelihood.Loss(weights, 1f / items, gradients);
            place = 0;
            foreach (var parameter in parameters)
                parameter.grad = tensor(gradients.AsSpan(Next(parameter)).ToArray(), parameter.shape);
            return loss;

            Range Next(Parameter parameter)
            {
                var start = place;
                place += (int)parameter.numel();
                return start..place;
            }
        };
    }

    private static void Forget(Parameter[] parameters)
    {
        foreach (var parameter in parameters)
            parameter.grad = null;
    }
}
