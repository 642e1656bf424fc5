using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Separation;

/// <summary>Trains a <see cref="ModalModel"/> by sampled triples and Adam, with SEA's losses where it has them.</summary>
internal sealed class ModalRecommender : IRecommender
{
    private readonly TrainingData _data;
    private readonly ModalInputs _inputs;
    private readonly SeparationParameters _hyper;
    private readonly TripleSampler _sampler;
    private readonly int _seed;
    private readonly string _memoryAdvice;
    private readonly Device _device;
    private ModelVectors? _vectors;

    /// <param name="data">What to learn from.</param>
    /// <param name="inputs">Its graphs and features; disposed with this.</param>
    /// <param name="model">What to train; disposed with this.</param>
    /// <param name="hyper">How.</param>
    /// <param name="seed">Of shuffling, sampling and the losses' other items.</param>
    /// <param name="memoryAdvice">What to do where memory runs out.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    private ModalRecommender(
        TrainingData data, ModalInputs inputs, ModalModel model, SeparationParameters hyper, int seed, string memoryAdvice, Device device, KernelMode kernels)
    {
        _data = data;
        _device = device;
        _inputs = inputs;
        Model = model;
        _hyper = hyper;
        _seed = seed;
        _memoryAdvice = memoryAdvice;
        _sampler = TripleSampler.For(device, data.Train.Interactions, data.Train.Items, hyper.BatchSize, seed);
        Optimizer = new AdamWOptimizer(model.parameters(), hyper.LearningRate, decay: 0, kernels);
    }

    /// <summary>Makes inputs, model and recommender; what was made before an error is disposed.</summary>
    /// <param name="data">What to learn from.</param>
    /// <param name="modalities">The modalities to use, in order; null or empty: all of them.</param>
    /// <param name="itemGraph">Makes the item graph of the modalities at some places in a snapshot, or null.</param>
    /// <param name="model">Makes the model for the inputs.</param>
    /// <param name="hyper">How to train.</param>
    /// <param name="seed">Of shuffling, sampling and the losses' other items.</param>
    /// <param name="memoryAdvice">What to do where memory runs out.</param>
    /// <param name="device">Where to train.</param>
    /// <param name="kernels">Whether managed kernels may be used.</param>
    /// <exception cref="ArgumentException">A modality is not in the data, or the model refuses the inputs.</exception>
    internal static ModalRecommender Create(
        TrainingData data, IReadOnlyList<string>? modalities, Func<GraphSnapshot, int[], SparseRows?> itemGraph, Func<ModalInputs, ModalModel> model,
        SeparationParameters hyper, int seed, string memoryAdvice, Device device, KernelMode kernels)
    {
        var inputs = ModalInputs.From(data.Train, data.Features, modalities, itemGraph, ScalarType.Float32, device, kernels);
        try
        {
            return new(data, inputs, model(inputs), hyper, seed, memoryAdvice, device, kernels);
        }
        catch
        {
            inputs.Dispose();
            throw;
        }
    }

    internal ModalModel Model { get; }

    internal AdamWOptimizer Optimizer { get; }

    private string Advice => $"Try a smaller learning rate than {_hyper.LearningRate:g}";

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken)
    {
        var training = new EpochTraining<TripleBatch>
        {
            Name = Model.GetName(),
            Model = Model,
            RowsOf = Model.RowsOf,
            Snapshot = _data.Train,
            Sampler = _sampler,
            Optimizer = Optimizer,
            // Not the sampler's own seed: the two would draw alike.
            Reseed = epoch => Model.Separation?.Reseed(EpochSeed.Of(~_seed, epoch)),
            Step = Step,
            Vectors = () => Vectors(_inputs),
            Device = _device,
            MaxEpochs = _hyper.MaxEpochs,
            Patience = _hyper.Patience,
            UnvalidatedEpochs = _hyper.UnvalidatedEpochs,
            Advice = $"{Advice}, and look for huge values in the items' features.",
        };
        _vectors = null;
        return DeviceMemory.Guard(() => training.Run(options, cancellationToken), _memoryAdvice);
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores) => (_vectors ??= Vectors(_inputs)).Score(users, scores);

    /// <inheritdoc/>
    public ModelVectors ServingVectors()
    {
        var vectors = DeviceMemory.Guard(() =>
        {
            using var scope = NewDisposeScope();
            using var whole = _inputs.WithGraphsOf(_data.Whole);
            return Vectors(whole);
        }, _memoryAdvice);
        return vectors.RequireFinite($"{Advice}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Model.Dispose();
        _inputs.Dispose();
    }

    /// <summary>One step of the optimizer.</summary>
    /// <returns>The loss.</returns>
    internal double Step(TripleBatch batch)
    {
        using var scope = NewDisposeScope();
        var (loss, terms) = Loss(batch);
        Optimizer.ZeroGradients();
        loss.backward();
        // The bound's network learns from what this step's forward pass gave, and then stays as it is: its gradients are gone.
        if (terms is not null)
            Model.Separation!.Fit(terms, Optimizer);
        Optimizer.Step();
        return loss.item<float>();
    }

    // Lets go of everything but the loss and what the bound's network is trained on, so that the way back frees what it no longer needs as it goes.
    private (Tensor Loss, SeparationTerms? Terms) Loss(TripleBatch batch)
    {
        using var scope = NewDisposeScope();
        var output = Model.forward(_inputs);
        var loss = Model.Ranking(output, batch);
        var terms = Model.Separation?.Forward(output.Projected);
        if (terms?.Total(_hyper) is { } separation)
            loss = loss.Plus(separation);
        foreach (var kept in terms?.Generic.Concat(terms.Unique) ?? [])
            kept.MoveToOuterDisposeScope();
        return (loss.MoveToOuterDisposeScope(), terms);
    }

    private ModelVectors Vectors(ModalInputs inputs)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var vectors = Model.forward(inputs).Representation.cpu().to(ScalarType.Float32).contiguous();
        var values = TensorMemory.Values(vectors, vectors.numel());
        var users = inputs.Users * Model.Width;
        return new(Model.Width, values[..users].ToArray(), values[users..].ToArray());
    }
}
