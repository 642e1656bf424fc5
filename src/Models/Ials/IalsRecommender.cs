using System.Diagnostics;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Ials;

/// <summary>
/// iALS: matrix factorisation of implicit feedback by alternating least squares.
/// Y. Hu, Y. Koren, C. Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008, https://doi.org/10.1109/ICDM.2008.22;
/// by conjugate gradient as in G. Takacs, I. Pilaszy, D. Tikk, "Applications of the conjugate gradient method for implicit feedback collaborative
/// filtering", RecSys 2011, https://doi.org/10.1145/2043932.2043987.
/// </summary>
internal sealed class IalsRecommender(TrainingData data, IalsHyperParameters hyper, int seed) : IRecommender
{
    private ModelVectors? _vectors;

    private string MemoryAdvice => $"Lower factors ({hyper.Factors}), or train on a machine with more memory.";

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        _vectors = DeviceMemory.Guard(
            () => IalsFactorization.Fit(
                data.Train.Interactions, data.Train.Items, hyper, seed, cancellationToken, options.Within?.Invoke("Training ials", "iterations", hyper.Iterations)),
            MemoryAdvice);
        return TrainingOutcome.AtOnce(clock.Elapsed.TotalSeconds, options.Validation, Score, cancellationToken);
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores) =>
        (_vectors ?? throw new InvalidOperationException("The model has not been fitted.")).Score(users, scores);

    /// <summary>Factorised again with the held-out interactions, which takes as long as the fit.</summary>
    public ModelVectors ServingVectors() => ReferenceEquals(data.Whole, data.Train) && _vectors is not null
        ? _vectors
        : DeviceMemory.Guard(() => IalsFactorization.Fit(data.Whole.Interactions, data.Whole.Items, hyper, seed, CancellationToken.None), MemoryAdvice);

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
