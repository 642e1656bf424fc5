using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models.Kernels;
using Rearm.Streaming.Models.Training;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>Trains a <see cref="SequenceModel"/> on users' items in their order, by AdamW. The weights of interactions play no part.</summary>
internal sealed class SequenceRecommender : IRecommender
{
    private readonly TrainingData _data;
    private readonly SequenceParameters _hyper;
    private readonly int _seed;
    private readonly UserSequences _sequences;
    private readonly SequenceSampler _sampler;
    private readonly AdamWOptimizer _optimizer;
    private readonly float[]? _logPopularity;
    private Random _random = new(0);
    private ModelVectors? _vectors;

    /// <param name="data">What to learn from.</param>
    /// <param name="model">What to train; disposed with this.</param>
    /// <param name="hyper">How.</param>
    /// <param name="seed">Of shuffling, dropout and what else is random.</param>
    internal SequenceRecommender(TrainingData data, SequenceModel model, SequenceParameters hyper, int seed)
    {
        (_data, Model, _hyper, _seed) = (data, model, hyper, seed);
        _sequences = UserSequences.Of(data.Train, model.Knows);
        var rows = TrainingRows.Of(data, _sequences, hyper.Length + 1);
        _sampler = new(rows, hyper.Length + 1, hyper.BatchSize, seed);
        _logPopularity = hyper.Debias ? ItemPopularity.Logarithms(rows, data.Train.Items) : null;
        _optimizer = new(model.parameters(), hyper.LearningRate, hyper.Decay);
    }

    internal SequenceModel Model { get; }

    /// <summary>
    /// The trained user encoder: what a user's vector is made of elsewhere, from the served vectors of the user's newest items, oldest first. A user of none
    /// has zeros.
    /// </summary>
    internal UserEncoderWeights UserEncoder() => Model.Encoder.Weights();

    /// <inheritdoc/>
    public TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken)
    {
        var training = new EpochTraining<SequenceBatch>
        {
            Name = Model.GetName(),
            Model = Model,
            RowsOf = Model.RowsOf,
            Snapshot = _data.Train,
            Sampler = _sampler,
            Optimizer = _optimizer,
            Reseed = Reseed,
            Step = Step,
            Vectors = () => Compute(_sequences),
            Device = Model.Encoder.Positions.device,
            MaxEpochs = _hyper.MaxEpochs,
            Patience = _hyper.Patience,
            UnvalidatedEpochs = _hyper.UnvalidatedEpochs,
            Advice = $"Try a smaller learning rate than {_hyper.LearningRate:g}, and look for huge values in the items' features.",
        };
        _vectors = null;
        return DeviceMemory.Guard(() => training.Run(options, cancellationToken), MemoryAdvice(_hyper));
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> users, Span<float> scores) => (_vectors ??= Compute(_sequences)).Score(users, scores);

    /// <inheritdoc/>
    public ModelVectors ServingVectors()
    {
        var vectors = DeviceMemory.Guard(() => Compute(UserSequences.Of(_data.Whole, Model.Knows)), MemoryAdvice(_hyper));
        return vectors.RequireFinite($"Try a smaller learning rate than {_hyper.LearningRate:g}.") with { Encoder = UserEncoder(), ItemEncoder = Model.ItemEncoderWeights() };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        Model.Dispose();
    }

    /// <summary>What to do where memory runs out.</summary>
    internal static string MemoryAdvice(SequenceParameters hyper) =>
        $"Lower batch_size ({hyper.BatchSize}), length ({hyper.Length}) or dimension ({hyper.Dimension}), or train on a device with more memory.";

    /// <summary>One step of the optimizer.</summary>
    /// <returns>The loss; 0, and no step, where no user of the batch has two items.</returns>
    internal double Step(SequenceBatch batch)
    {
        if (batch.Inputs.Length == 0)
            return 0;
        using var scope = NewDisposeScope();
        var loss = Loss(batch);
        _optimizer.ZeroGradients();
        loss.backward();
        _optimizer.Step();
        return loss.item<float>();
    }

    // Lets go of everything but the loss, so that the way back frees what it no longer needs as it goes.
    private Tensor Loss(SequenceBatch batch)
    {
        using var scope = NewDisposeScope();
        var popularity = _logPopularity is null
            ? null
            : Constant.Of(Array.ConvertAll(batch.Rows.ToArray(), row => _logPopularity[row]), [batch.Rows.Length], Model.Encoder.Positions);
        return Model.Loss(batch, popularity, _random).MoveToOuterDisposeScope();
    }

    private void Reseed(int epoch)
    {
        var seed = EpochSeed.Of(_seed, epoch);
        manual_seed(seed);
        _random = new(seed);
    }

    private ModelVectors Compute(UserSequences sequences) => SequenceVectors.Compute(Model, _hyper, sequences, _data.Train.Items);
}
