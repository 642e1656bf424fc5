using System.Diagnostics;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Trainer.Evaluation;
using Rearm.Streaming.Trainer.Model;
using Rearm.Streaming.Trainer.Model.Losses;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Rearm.Streaming.Trainer.Training;

/// <summary>
/// Trains one model: sampled triples, AdamW, after each epoch Recall@20 on held-out pairs, until it has not grown for
/// <see cref="RearmHyperParameters.Patience"/> epochs. Ends with the best epoch's parameters in the model. Synchronous, because dispose
/// scopes and gradient modes belong to a thread; run it on one of its own.
/// </summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly RearmInputs _inputs;
    private readonly RearmHyperParameters _parameters;
    private readonly TripleSampler _sampler;
    private readonly AdamW _optimizer;
    private readonly Device _device;

    internal TrainingRun(GraphSnapshot train, RearmHyperParameters parameters, IReadOnlyList<string>? modalities, int seed, Device device)
    {
        _parameters = parameters;
        _device = device;
        _inputs = RearmInputs.From(train, parameters, modalities, ScalarType.Float32, device);
        Model = new RearmModel(_inputs, parameters, seed, ScalarType.Float32, device);
        _sampler = new TripleSampler(train.Interactions, train.Items, parameters.BatchSize, seed);
        _optimizer = optim.AdamW(Model.parameters(), parameters.LearningRate, weight_decay: parameters.WeightDecay);
    }

    internal RearmModel Model { get; }

    /// <param name="validation">Says how good the model is.</param>
    /// <param name="onBest">Called after each epoch that is the best so far, with its number.</param>
    /// <param name="progress">Told of each epoch.</param>
    /// <param name="cancellationToken">Looked at before each batch.</param>
    /// <exception cref="TrainingException">The loss is no longer a number.</exception>
    internal TrainingOutcome Run(RankingEvaluator validation, Action<int>? onBest, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var stopping = new EarlyStopping(_parameters.Patience);
        using var best = new ParameterCopy(Model);
        var bestMetrics = default(RankingMetrics);
        var trainingSeconds = 0.0;
        var epoch = 0;
        while (epoch < _parameters.MaxEpochs && !stopping.ShouldStop)
        {
            epoch++;
            var clock = Stopwatch.StartNew();
            var loss = TrainEpoch(epoch, cancellationToken);
            trainingSeconds += clock.Elapsed.TotalSeconds;
            var metrics = validation.Evaluate(Vectors().Score, cancellationToken);
            if (stopping.Observe(epoch, metrics.Recall20))
            {
                best.Take();
                bestMetrics = metrics;
                onBest?.Invoke(epoch);
            }
            progress?.Report(new(epoch, _parameters.MaxEpochs, loss, metrics.Recall20, stopping.BestEpoch, clock.Elapsed.TotalSeconds));
        }
        best.Restore();
        return new(epoch, stopping.BestEpoch, trainingSeconds / epoch, bestMetrics);
    }

    /// <summary>The vectors of all users and items with the model's present parameters.</summary>
    internal NodeVectors Vectors() => NodeVectors.Compute(Model, _inputs);

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
                throw new TrainingException($"The loss became {loss} in epoch {epoch}, batch {batches + 1} of {_sampler.Batches}; nothing is published. Try a smaller learning rate than {_parameters.LearningRate:g}, and look for huge values in the items' features.");
            sum += loss;
            batches++;
        }
        return batches == 0 ? 0 : sum / batches;
    }

    internal double Step(TripleBatch batch)
    {
        using var scope = NewDisposeScope();
        var indices = BatchIndices.From(batch.Users.Span, batch.Positives.Span, batch.Negatives.Span, _inputs.Users, _device);
        var loss = RearmLoss.Forward(Model.Forward(_inputs), indices, _parameters);
        _optimizer.zero_grad();
        loss.backward();
        _optimizer.step();
        return loss.item<float>();
    }
}

/// <summary>How a run went.</summary>
/// <param name="Epochs">Epochs done.</param>
/// <param name="BestEpoch">The one whose parameters were kept.</param>
/// <param name="SecondsPerEpoch">Training alone, without evaluation.</param>
/// <param name="Validation">The best epoch's metrics.</param>
internal sealed record TrainingOutcome(int Epochs, int BestEpoch, double SecondsPerEpoch, RankingMetrics Validation);
