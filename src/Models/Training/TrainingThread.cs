namespace Rearm.Streaming.Models.Training;

/// <summary>Runs training on a thread of its own: it takes minutes, and dispose scopes and gradient modes belong to a thread.</summary>
public static class TrainingThread
{
    /// <summary>Runs <paramref name="work"/> to its end.</summary>
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
