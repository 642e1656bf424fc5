using System.Diagnostics;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Rearm.Losses;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// REARM as a recommender: sampled triples, AdamW, after each epoch Recall@20 on held-out pairs, until it has not grown for
/// <see cref="RearmHyperParameters.Patience"/> epochs. Ends with the best epoch's parameters in the model.
/// </summary>
internal sealed class RearmRecommender : IRecommender
{
    private readonly TrainingData _data;
    private readonly RearmHyperParameters _hyper;
    private readonly RearmInputs _inputs;
    private readonly TripleSampler _sampler;
    private readonly AdamWOptimizer _optimizer;
    private readonly Device _device;
    private ModelVectors? _vectors;

    /// <param name="data">What to learn from.</param>
    /// <param name="hyper">The model's hyper-parameters.</param>
    /// <param name="modalities">The modalities to use, in order; null or empty: all of them.</param>
    /// <param name="seed">Decides initial values, shuffling, sampling and dropout.</param>
    /// <param name="device">Where to train.</param>
    /// <exception cref="ArgumentException">A modality is not in the data.</exception>
    internal RearmRecommender(TrainingData data, RearmHyperParameters hyper, IReadOnlyList<string>? modalities, int seed, Device device)
    {
        _data = data;
        _hyper = hyper;
        _device = device;
        _inputs = RearmInputs.From(data.Train, data.Features, hyper, modalities, ScalarType.Float32, device);
        Model = new RearmModel(_inputs, hyper, seed, ScalarType.Float32, device);
        _sampler = new TripleSampler(data.Train.Interactions, data.Train.Items, hyper.BatchSize, seed);
        _optimizer = new AdamWOptimizer(Model.parameters(), hyper.LearningRate, hyper.WeightDecay);
    }

    internal RearmModel Model { get; }

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken)
    {
        if (options.WarmStart is { } checkpoint)
        {
            var result = ParameterTransfer.Load(checkpoint, Model, _data.Train, ParameterNames.RowsOf);
            options.OnWarmStart?.Invoke(result);
        }
        var stopping = new EarlyStopping(_hyper.Patience);
        using var best = new ParameterCopy(Model);
        var bestMetrics = default(RankingMetrics);
        var trainingSeconds = 0.0;
        var epoch = 0;
        while (epoch < _hyper.MaxEpochs && !stopping.ShouldStop)
        {
            epoch++;
            var clock = Stopwatch.StartNew();
            var loss = TrainEpoch(epoch, cancellationToken);
            trainingSeconds += clock.Elapsed.TotalSeconds;
            var metrics = options.Validation.Evaluate(RearmVectors.Compute(Model, _inputs).Score, cancellationToken);
            if (stopping.Observe(epoch, metrics.Recall20))
            {
                best.Take();
                bestMetrics = metrics;
                options.OnBest?.Invoke(ParameterTransfer.Save(Model, _data.Train));
            }
            options.Progress?.Report(new(epoch, _hyper.MaxEpochs, loss, metrics.Recall20, stopping.BestEpoch, clock.Elapsed.TotalSeconds));
        }
        best.Restore();
        _vectors = null;
        return new(epoch, stopping.BestEpoch, trainingSeconds / epoch, bestMetrics);
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores) => (_vectors ??= RearmVectors.Compute(Model, _inputs)).Score(users, scores);

    /// <inheritdoc/>
    public ModelVectors ServingVectors()
    {
        using var whole = _inputs.WithGraphsOf(_data.Whole, _hyper);
        var vectors = RearmVectors.Compute(Model, whole);
        return vectors.AreFinite
            ? vectors
            : throw new TrainingException($"The trained vectors are not all finite numbers; nothing is published. Try a smaller learning rate than {_hyper.LearningRate:g}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        Model.Dispose();
        _inputs.Dispose();
    }

    private double TrainEpoch(int epoch, CancellationToken cancellationToken)
    {
        Model.train();
        var sum = 0.0;
        var batches = 0;
        foreach (var batch in _sampler.Epoch())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var loss = Step(batch);
            if (!double.IsFinite(loss))
                throw new TrainingException($"The loss became {loss} in epoch {epoch}, batch {batches + 1} of {_sampler.Batches}; nothing is published. Try a smaller learning rate than {_hyper.LearningRate:g}, and look for huge values in the items' features.");
            sum += loss;
            batches++;
        }
        return batches == 0 ? 0 : sum / batches;
    }

    internal double Step(TripleBatch batch)
    {
        using var scope = NewDisposeScope();
        var indices = BatchIndices.From(batch.Users.Span, batch.Positives.Span, batch.Negatives.Span, _inputs.Users, _device);
        var loss = RearmLoss.Forward(Model.forward(_inputs), indices, _hyper);
        _optimizer.ZeroGradients();
        loss.backward();
        _optimizer.Step();
        return loss.item<float>();
    }
}
