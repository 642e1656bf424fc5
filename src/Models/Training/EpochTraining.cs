using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Evaluation;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// What models trained by gradients share: epochs of batches; after each, Recall@20 on held-out pairs, until it has not grown for some epochs.
/// Ends with the best epoch's parameters in the model. Where too little is held out to tell epochs apart
/// (<see cref="RankingEvaluator.FewestUsers"/>) there is no best one: a number of epochs chosen beforehand is trained, and the last one is kept.
/// </summary>
/// <typeparam name="TBatch">What a step takes.</typeparam>
internal sealed class EpochTraining<TBatch>
{
    /// <summary>The model's name, for the state of a run.</summary>
    internal required string Name { get; init; }

    /// <summary>Whose parameters are trained.</summary>
    internal required nn.Module Model { get; init; }

    /// <summary>What the rows of a parameter belong to, by its name.</summary>
    internal required Func<string, ParameterRows> RowsOf { get; init; }

    /// <summary>The users and items of those rows.</summary>
    internal required GraphSnapshot Snapshot { get; init; }

    /// <summary>Each epoch's batches.</summary>
    internal required IBatchSampler<TBatch> Sampler { get; init; }

    /// <summary>Of all parameters of the model.</summary>
    internal required AdamWOptimizer Optimizer { get; init; }

    /// <summary>Told of each epoch before it begins, for what is random in the model: it has to depend on the epoch's number alone.</summary>
    internal Action<int> Reseed { get; init; } = _ => { };

    /// <summary>One step of the optimizer; gives the loss.</summary>
    internal required Func<TBatch, double> Step { get; init; }

    /// <summary>The vectors to validate.</summary>
    internal required Func<ModelVectors> Vectors { get; init; }

    /// <summary>Where the model is, and is validated.</summary>
    internal required Device Device { get; init; }

    /// <summary>Epochs at most.</summary>
    internal required int MaxEpochs { get; init; }

    /// <summary>Epochs without a better Recall@20 before training stops.</summary>
    internal required int Patience { get; init; }

    /// <summary>Epochs where there is too little to validate on; no more than <see cref="MaxEpochs"/> either.</summary>
    internal required int UnvalidatedEpochs { get; init; }

    /// <summary>What to do about a loss that is not finite.</summary>
    internal required string Advice { get; init; }

    /// <exception cref="TrainingException">The loss is not finite.</exception>
    internal TrainingOutcome Run(FitOptions options, CancellationToken cancellationToken)
    {
        var epochs = options.Validation.CanDecide ? MaxEpochs : Math.Min(MaxEpochs, UnvalidatedEpochs);
        var stopping = new EarlyStopping(Patience);
        using var best = new ParameterCopy(Model);
        var state = options.States?.Load(Name);
        if (state is not null)
            Resume(state, stopping, best, options);
        else if (options.WarmStart is { } checkpoint)
        {
            var result = ParameterTransfer.Load(checkpoint, Model, Snapshot, RowsOf, Optimizer);
            options.OnWarmStart?.Invoke(result);
        }
        var bestSaved = state?.Best;
        var (epoch, bestEpoch, seconds, bestMetrics) = (state?.Epoch ?? 0, state?.BestEpoch ?? 0, state?.Seconds ?? 0, state?.BestMetrics);
        var (first, began) = (epoch, options.Time.GetTimestamp());
        while (epoch < epochs && !stopping.ShouldStop)
        {
            epoch++;
            var start = options.Time.GetTimestamp();
            var loss = TrainEpoch(epoch, options.Within?.Invoke($"Epoch {epoch} of {Name}", "steps", Sampler.Batches), cancellationToken);
            seconds += options.Time.GetElapsedTime(start).TotalSeconds;
            RankingMetrics? metrics = options.Validation.CanDecide ? Vectors().Evaluate(options.Validation, Device, cancellationToken) : null;
            var isBest = metrics is null || stopping.Observe(epoch, metrics.Value.Recall20);
            var saved = options.States is not null || (isBest && options.OnBest is not null) ? ParameterTransfer.Save(Model, Snapshot, Optimizer) : null;
            if (isBest)
            {
                best.Take();
                (bestMetrics, bestEpoch, bestSaved) = (metrics, epoch, saved);
                if (saved is not null)
                    options.OnBest?.Invoke(saved);
            }
            options.States?.Save(Name, new(epoch, bestEpoch, seconds, bestMetrics, saved!, bestSaved!));
            options.Progress?.Report(new(epoch, epochs, loss, metrics?.Recall20, bestEpoch, options.Time.GetElapsedTime(start).TotalSeconds)
            {
                Validation = metrics,
                SecondsPerEpoch = options.Time.GetElapsedTime(began).TotalSeconds / (epoch - first),
            });
        }
        best.Restore();
        return new(epoch, bestEpoch, seconds, bestMetrics) { ValidationUsers = options.Validation.Users };
    }

    private void Resume(TrainingState state, EarlyStopping stopping, ParameterCopy best, FitOptions options)
    {
        ParameterTransfer.Load(state.Best, Model, Snapshot, RowsOf);
        best.Take();
        ParameterTransfer.Load(state.Current, Model, Snapshot, RowsOf, Optimizer);
        Sampler.Skip(state.Epoch);
        if (state.BestMetrics is { } metrics)
            stopping.Resume(state.Epoch, state.BestEpoch, metrics.Recall20);
        // Whoever keeps the best may not have been told of it before the process ended.
        options.OnBest?.Invoke(state.Best);
    }

    private double TrainEpoch(int epoch, IProgress<long>? steps, CancellationToken cancellationToken)
    {
        Model.train();
        Reseed(epoch);
        var (sum, batches) = (0.0, 0);
        foreach (var batch in Sampler.Epoch())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var loss = Step(batch);
            if (!double.IsFinite(loss))
                throw new TrainingException($"The loss became {loss} in epoch {epoch}, batch {batches + 1} of {Sampler.Batches}; nothing is published. {Advice}")
                {
                    IsNotFinite = true,
                };
            sum += loss;
            batches++;
            steps?.Report(batches);
        }
        return batches == 0 ? 0 : sum / batches;
    }
}
