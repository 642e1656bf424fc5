namespace Rearm.Streaming.Models.Training;

/// <summary>
/// A recommender of any kind: it is made for some <see cref="TrainingData"/>, fitted once, and then scores items for users. Its calls block
/// and must come from one thread, because TorchSharp's dispose scopes and gradient modes are per thread (<see cref="TrainingThread"/>).
/// </summary>
public interface IRecommender : IDisposable
{
    /// <summary>Learns from <see cref="TrainingData.Train"/>.</summary>
    /// <param name="options">How to validate, where to start and whom to tell.</param>
    /// <param name="cancellationToken">Stops at the next batch.</param>
    /// <exception cref="TrainingException">Training broke down; the message says why and what to do.</exception>
    TrainingOutcome Fit(FitOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// The scores of all items for some users, over the graphs of <see cref="TrainingData.Train"/>: what the model is evaluated by.
    /// </summary>
    /// <param name="users">Dense user indices.</param>
    /// <param name="scores">Filled in: users x items, row-major; the higher, the better.</param>
    void Score(ReadOnlySpan<int> users, Span<float> scores);

    /// <summary>
    /// The vectors to serve, over all of <see cref="TrainingData.Whole"/>, so that the newest interactions count too. Null: the model has
    /// scores only, so it can be evaluated but not served.
    /// </summary>
    ModelVectors? ServingVectors();

    /// <summary>The models that this one adds up, each fitted with it; empty: it is one by itself.</summary>
    IReadOnlyList<(string Name, IRecommender Model)> Parts => [];
}
