using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Rearm.Losses;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// REARM as a recommender: sampled triples, AdamW, after each epoch Recall@20 on held-out pairs, until it has not grown for
/// <see cref="EpochParameters.Patience"/> epochs. Ends with the best epoch's parameters in the model.
/// </summary>
internal sealed class RearmRecommender : IRecommender
{
    private readonly TrainingData _data;
    private readonly RearmHyperParameters _hyper;
    private readonly RearmInputs _inputs;
    private readonly TripleSampler _sampler;
    private readonly Device _device;
    private readonly KernelMode _kernels;
    private readonly int _seed;
    private ModelVectors? _vectors;

    /// <param name="data">What to learn from.</param>
    /// <param name="hyper">The model's hyper-parameters.</param>
    /// <param name="modalities">The modalities to use, in order; null or empty: all of them.</param>
    /// <param name="seed">Decides initial values, shuffling, sampling and dropout.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    /// <exception cref="ArgumentException">A modality is not in the data.</exception>
    internal RearmRecommender(
        TrainingData data, RearmHyperParameters hyper, IReadOnlyList<string>? modalities, int seed, Device device, KernelMode kernels = KernelMode.Auto)
    {
        _data = data;
        _hyper = hyper;
        _device = device;
        _kernels = kernels;
        _seed = seed;
        _inputs = RearmInputs.From(data.Train, data.Features, hyper, modalities, ScalarType.Float32, device, kernels);
        Model = new RearmModel(_inputs, hyper, seed, ScalarType.Float32, device, kernels);
        _sampler = TripleSampler.For(device, data.Train.Interactions, data.Train.Items, hyper.BatchSize, seed);
        Optimizer = new AdamWOptimizer(Model.parameters(), hyper.LearningRate, hyper.WeightDecay, kernels);
    }

    internal RearmModel Model { get; }

    internal AdamWOptimizer Optimizer { get; }

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken)
    {
        var training = new EpochTraining<TripleBatch>
        {
            Name = RearmDefinition.Name,
            Model = Model,
            RowsOf = ParameterNames.RowsOf,
            Snapshot = _data.Train,
            Sampler = _sampler,
            Optimizer = Optimizer,
            Reseed = epoch => Model.Reseed(EpochSeed.Of(_seed, epoch)),
            Step = batch => Step(batch),
            Vectors = Vectors,
            Device = _device,
            MaxEpochs = _hyper.MaxEpochs,
            Patience = _hyper.Patience,
            UnvalidatedEpochs = _hyper.UnvalidatedEpochs,
            Advice = $"Try a smaller learning rate than {_hyper.LearningRate:g}, and look for huge values in the items' features.",
        };
        _vectors = null;
        return DeviceMemory.Guard(() => training.Run(options, cancellationToken), MemoryAdvice(_hyper));
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores) => (_vectors ??= Vectors()).Score(users, scores);

    /// <inheritdoc/>
    public ModelVectors ServingVectors()
    {
        var vectors = DeviceMemory.Guard(() =>
        {
            using var scope = NewDisposeScope();
            using var whole = _inputs.WithGraphsOf(_data.Whole, _hyper);
            return RearmVectors.Compute(Model, whole);
        }, MemoryAdvice(_hyper));
        return vectors.RequireFinite($"Try a smaller learning rate than {_hyper.LearningRate:g}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Model.Dispose();
        _inputs.Dispose();
    }

    /// <summary>What to do where memory runs out.</summary>
    internal static string MemoryAdvice(RearmHyperParameters hyper) =>
        $"Lower batch_size ({hyper.BatchSize}), dimension ({hyper.Dimension}) or user_neighbors ({hyper.UserNeighbors})"
        + $"{(hyper.TrainFeatures ? ", set train_features=false" : "")}, use fewer modalities, or train on a device with more memory.";

    /// <summary>The vectors to validate.</summary>
    internal ModelVectors Vectors() => RearmVectors.Compute(Model, _inputs);

    /// <summary>One step of the optimizer.</summary>
    /// <param name="batch">Triples.</param>
    /// <param name="clock">Takes the times of its phases but the last.</param>
    /// <returns>The loss.</returns>
    internal double Step(TripleBatch batch, StepClock? clock = null)
    {
        using var scope = NewDisposeScope();
        var loss = Loss(batch, clock);
        Optimizer.ZeroGradients();
        loss.backward();
        clock?.Ends((s, seconds) => s with { Backward = seconds });
        Optimizer.Step();
        return loss.item<float>();
    }

    // Lets go of everything but the loss, so that the way back frees what it no longer needs as it goes.
    private Tensor Loss(TripleBatch batch, StepClock? clock)
    {
        using var scope = NewDisposeScope();
        var indices = Indices(batch);
        var output = Model.forward(_inputs);
        clock?.Ends((s, seconds) => s with { Forward = seconds });
        var loss = RearmLoss.Forward(output, indices, _hyper, _kernels);
        clock?.Ends((s, seconds) => s with { Losses = seconds });
        return loss.MoveToOuterDisposeScope();
    }

    /// <summary>Floating-point operations of a step (<see cref="StepOperations"/>).</summary>
    internal long Operations(TripleBatch batch)
    {
        using var scope = NewDisposeScope();
        var indices = Indices(batch);
        return StepOperations.Count(_inputs, _hyper, indices.DistinctUsers.shape[0], indices.DistinctItems.shape[0]);
    }

    private BatchIndices Indices(TripleBatch batch) => BatchIndices.From(batch.Users.Span, batch.Positives.Span, batch.Negatives.Span, _inputs.Users, _device);
}
