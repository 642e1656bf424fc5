namespace Rearm.Streaming.Trainer.Training;

/// <summary>Runs training on a thread of its own: it takes minutes, and dispose scopes and gradient modes belong to a thread.</summary>
internal static class TrainingThread
{
    internal static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
