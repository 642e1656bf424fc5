using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// What a model learns from and is measured on. Features are prepared and graphs are cut once, here, however many models, epochs and
/// evaluations use them.
/// </summary>
public sealed class TrainingData
{
    private TrainingData(GraphSnapshot train, GraphSnapshot whole, PreparedFeatures features, IReadOnlyCollection<(int User, int Item)> heldOut)
    {
        Train = train;
        Whole = whole;
        Features = features;
        HeldOut = heldOut;
    }

    /// <summary>What the model may see: no held-out interaction is in it, nor in a graph of it.</summary>
    public GraphSnapshot Train { get; }

    /// <summary>All interactions and their graphs: what is served.</summary>
    public GraphSnapshot Whole { get; }

    /// <summary>The items' prepared vectors, the same for both.</summary>
    public PreparedFeatures Features { get; }

    /// <summary>The items' token sequences in those modalities that have some; a snapshot has none, so there are none in the pipeline.</summary>
    public IReadOnlyList<ModalityTokens> Tokens { get; private init; } = [];

    /// <summary>The interactions to validate with, by dense index.</summary>
    public IReadOnlyCollection<(int User, int Item)> HeldOut { get; }

    /// <summary>Holds out the newest interaction of each user who has three, for at most <paramref name="maxUsers"/> users.</summary>
    /// <param name="snapshot">The whole snapshot.</param>
    /// <param name="features">Its prepared features, if somebody has them already.</param>
    /// <param name="maxUsers">At most so many users.</param>
    /// <param name="progress">Asked for each graph; told of rows done.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static TrainingData HoldOutNewest(
        GraphSnapshot snapshot, int maxUsers, PreparedFeatures? features = null, ProgressOf? progress = null, CancellationToken cancellationToken = default)
    {
        features ??= PreparedFeatures.Of(snapshot);
        var heldOut = HoldOut.Newest(snapshot, maxUsers);
        var train = heldOut.Count == 0 ? snapshot : GraphCut.Without(snapshot, heldOut, features, progress, cancellationToken);
        return new(train, snapshot, features, heldOut);
    }

    /// <summary>Data that was split beforehand: <paramref name="valid"/> is not in <paramref name="train"/>.</summary>
    public static TrainingData Split(GraphSnapshot train, IReadOnlyCollection<(int User, int Item)> valid, PreparedFeatures? features = null) =>
        new(train, train, features ?? PreparedFeatures.Of(train), valid);

    /// <summary>The same with token sequences, for models that read them.</summary>
    /// <param name="tokens">Of the same items.</param>
    public TrainingData WithTokens(IReadOnlyList<ModalityTokens> tokens) => new(Train, Whole, Features, HeldOut) { Tokens = tokens };

    /// <summary>The same training, for users who have touched more since: <see cref="Whole"/> is a later snapshot.</summary>
    /// <param name="later">Of the same users and items, under the same numbers.</param>
    /// <exception cref="ArgumentException">It has others.</exception>
    public TrainingData ServedFrom(GraphSnapshot later) => later.UserIds.SequenceEqual(Whole.UserIds) && later.ItemIds.SequenceEqual(Whole.ItemIds)
        ? new(Train, later, Features, HeldOut) { Tokens = Tokens }
        : throw new ArgumentException(
            "The later snapshot has other users or items than the one trained on; both have to have the same, in the same order.", nameof(later));

    /// <summary>Measures a model on the held-out interactions.</summary>
    /// <param name="cutOffs">How many of a ranking's first items count, besides 10 and 20.</param>
    public RankingEvaluator Validation(IReadOnlyList<int>? cutOffs = null) => new(Train.Interactions, Train.Items, HeldOut, cutOffs);
}
