using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>Trains an <see cref="EmbeddingModel"/> by sampled triples and Adam.</summary>
internal sealed class EmbeddingRecommender : IRecommender
{
    private readonly TrainingData _data;
    private readonly EmbeddingModel _model;
    private readonly EmbeddingParameters _hyper;
    private readonly Device _device;
    private readonly TripleSampler _sampler;
    private readonly AdamWOptimizer _optimizer;
    private readonly SparseOperator? _graph;
    private ModelVectors? _vectors;

    /// <param name="data">What to learn from.</param>
    /// <param name="model">What to train; disposed with this.</param>
    /// <param name="hyper">How.</param>
    /// <param name="seed">Of shuffling and sampling.</param>
    /// <param name="device">Where the model is.</param>
    internal EmbeddingRecommender(TrainingData data, EmbeddingModel model, EmbeddingParameters hyper, int seed, Device device)
    {
        _data = data;
        _model = model;
        _hyper = hyper;
        _device = device;
        _graph = model.Graph(data.Train, ScalarType.Float32, device);
        _sampler = TripleSampler.For(device, data.Train.Interactions, data.Train.Items, hyper.BatchSize, seed);
        _optimizer = new AdamWOptimizer(model.parameters(), hyper.LearningRate, decay: 0);
    }

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken)
    {
        var training = new EpochTraining<TripleBatch>
        {
            Name = _model.GetName(),
            Model = _model,
            RowsOf = _model.RowsOf,
            Snapshot = _data.Train,
            Sampler = _sampler,
            Optimizer = _optimizer,
            Step = Step,
            Vectors = () => Compute(_graph),
            Device = _device,
            MaxEpochs = _hyper.MaxEpochs,
            Patience = _hyper.Patience,
            UnvalidatedEpochs = _hyper.UnvalidatedEpochs,
            Advice = $"Try a smaller learning rate than {_hyper.LearningRate:g}.",
        };
        _vectors = null;
        return DeviceMemory.Guard(() => training.Run(options, cancellationToken), MemoryAdvice(_hyper));
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores) => (_vectors ??= Compute(_graph)).Score(users, scores);

    /// <inheritdoc/>
    public ModelVectors ServingVectors()
    {
        var vectors = DeviceMemory.Guard(() =>
        {
            using var whole = _model.Graph(_data.Whole, ScalarType.Float32, _device);
            return Compute(whole);
        }, MemoryAdvice(_hyper));
        return vectors.RequireFinite($"Try a smaller learning rate than {_hyper.LearningRate:g}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _graph?.Dispose();
        _model.Dispose();
    }

    /// <summary>What to do where memory runs out.</summary>
    internal static string MemoryAdvice(EmbeddingParameters hyper) =>
        $"Lower batch_size ({hyper.BatchSize}) or dimension ({hyper.Dimension}), or train on a device with more memory.";

    private double Step(TripleBatch batch)
    {
        using var scope = NewDisposeScope();
        var embeddings = cat([_model.Users, _model.Items], 0);
        var loss = EmbeddingLoss.Forward(embeddings, _model.forward(_graph), batch, _data.Train.Users, _hyper.Decay);
        _optimizer.ZeroGradients();
        loss.backward();
        _optimizer.Step();
        return loss.item<float>();
    }

    private ModelVectors Compute(SparseOperator? graph)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var vectors = _model.forward(graph).cpu().to(ScalarType.Float32).contiguous();
        var values = TensorMemory.Values(vectors, vectors.numel());
        var users = _data.Train.Users * _model.Dimension;
        return new(_model.Dimension, values[..users].ToArray(), values[users..].ToArray());
    }
}
