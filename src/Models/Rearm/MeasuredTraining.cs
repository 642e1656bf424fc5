using System.Diagnostics;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// REARM's training on the CPU a step at a time, for benchmarks: the steps and the evaluation of <see cref="IRecommender.Fit"/>. All calls must come from
/// one thread.
/// </summary>
public sealed class MeasuredTraining : IDisposable
{
    private readonly RearmRecommender _recommender;
    private readonly RankingEvaluator _validation;
    private readonly TripleSampler _sampler;
    private IEnumerator<TripleBatch> _batches;

    /// <summary>Makes the model. From now on tensor operators use all cores.</summary>
    /// <param name="data">What to train on; its held-out pairs are what evaluation ranks for.</param>
    /// <param name="hyper">The model's hyper-parameters.</param>
    /// <param name="plain">By plain tensor operators instead of the fused kernels.</param>
    /// <param name="seed">Of initial values, shuffling, sampling and dropout.</param>
    /// <exception cref="DllNotFoundException">libtorch can't be loaded here.</exception>
    public MeasuredTraining(TrainingData data, RearmHyperParameters hyper, bool plain, int seed)
    {
        var device = TrainingDevice.Open(TrainingDevice.Cpu, threads: 0);
        _recommender = new(data, hyper, null, seed, device, plain ? KernelMode.Plain : KernelMode.Auto);
        _validation = data.Validation();
        _sampler = new(data.Train.Interactions, data.Train.Items, hyper.BatchSize, seed);
        _batches = _sampler.Epoch().GetEnumerator();
    }

    /// <summary>Steps in an epoch.</summary>
    public int StepsPerEpoch => _sampler.Batches;

    /// <summary>Floating-point operations of the last step's matrix products, sparse products and attention, in thousands of millions.</summary>
    public double GigaOperations { get; private set; }

    /// <summary>Begins an epoch: shuffles the pairs, and chooses the first batch.</summary>
    /// <returns>Seconds.</returns>
    public double BeginEpoch()
    {
        _batches.Dispose();
        _batches = _sampler.Epoch().GetEnumerator();
        var start = Stopwatch.GetTimestamp();
        _batches.MoveNext();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Takes a step; at its end an epoch begins anew.</summary>
    public StepSeconds Step()
    {
        var clock = new StepClock();
        if (!_batches.MoveNext())
        {
            BeginEpoch();
            clock = new();
        }
        clock.Ends((s, seconds) => s with { Sampling = seconds });
        var batch = _batches.Current;
        _recommender.Step(batch, clock);
        // Only now is the step's memory given back, which takes its time where it is much.
        clock.Ends((s, seconds) => s with { Optimizer = seconds });
        GigaOperations = _recommender.Operations(batch) / 1e9;
        return clock.Seconds;
    }

    /// <summary>Computes the vectors of all users and items and ranks for the held-out pairs, as after each epoch.</summary>
    /// <param name="cancellationToken">Stops between groups of users.</param>
    /// <returns>Seconds.</returns>
    public double Evaluate(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        _validation.Evaluate(_recommender.Vectors().Score, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        _recommender.Model.train();
        return seconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batches.Dispose();
        _recommender.Dispose();
    }
}
