using System.Diagnostics;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.ItemToItem;

/// <summary>
/// A model that has weights between items and scores a user by what was touched. Its scores are no inner products of short vectors, so what is served
/// are those of <see cref="ScoreFactors"/>. Like graphs elsewhere, the rows of users that are served have the held-out interactions in them; the weights
/// between items don't.
/// </summary>
/// <param name="data">What to learn from.</param>
/// <param name="learn">Gives the weights between items.</param>
/// <param name="rank">Width of the vectors that are served.</param>
/// <param name="asServed">Whether to score by those vectors.</param>
/// <param name="seed">Of the factorisation.</param>
/// <param name="memoryAdvice">What to do where memory runs out.</param>
internal sealed class ItemToItemRecommender(
    TrainingData data, Func<CancellationToken, IItemWeights> learn, int rank, bool asServed, int seed, string memoryAdvice) : IRecommender
{
    private SparseRows _rows = SparseRows.Empty(data.Train.Users);
    private IItemWeights? _weights;
    private ScoreFactors? _factors;
    private ModelVectors? _vectors;

    private IItemWeights Weights => _weights ?? throw new InvalidOperationException("The model has not been fitted.");

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        _rows = InteractionWeights.Relative(data.Train.Interactions);
        _weights?.Dispose();
        (_weights, _factors) = DeviceMemory.Guard(
            () =>
            {
                // Nothing within says how far it is.
                options.Within?.Invoke("Learning the weights between items", "", 0);
                _weights = learn(cancellationToken);
                return (_weights, asServed ? Factors(cancellationToken) : null);
            },
            memoryAdvice);
        _vectors = _factors?.Vectors(_rows);
        return TrainingOutcome.AtOnce(clock.Elapsed.TotalSeconds, options.Validation, Score, cancellationToken);
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores)
    {
        if (_vectors is not null)
            _vectors.Score(users, scores);
        else
            Add(users.ToArray(), scores);
    }

    /// <inheritdoc/>
    public ModelVectors ServingVectors() => DeviceMemory.Guard(
            () => (_factors ?? Factors(CancellationToken.None)).Vectors(InteractionWeights.Relative(data.Whole.Interactions)), memoryAdvice)
        .RequireFinite("Look for huge numbers among the weights of interactions and the items' features.");

    /// <inheritdoc/>
    public void Dispose() => _weights?.Dispose();

    private ScoreFactors Factors(CancellationToken cancellationToken) => ScoreFactors.Of(_rows, Weights, rank, seed, cancellationToken);

    private void Add(int[] users, Span<float> scores)
    {
        var items = data.Train.Items;
        scores[..(users.Length * items)].Clear();
        for (var i = 0; i < users.Length; i++)
        {
            var touched = _rows.RowColumns(users[i]);
            var weights = _rows.RowValues(users[i]);
            for (var n = 0; n < touched.Length; n++)
                Weights.AddRow(touched[n], weights[n], scores.Slice(i * items, items));
        }
    }
}
