namespace Rearm.Streaming.Models.Training;

/// <summary>Runs training on a dedicated thread: it takes minutes, and TorchSharp's dispose scopes and gradient modes are per thread.</summary>
public static class TrainingThread
{
    /// <summary>Runs <paramref name="work"/> to its end.</summary>
    public static Task<T> RunAsync<T>(Func<T> work)
    {
        return Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

        T Run()
        {
            try
            {
                return work();
            }
            finally
            {
                LibtorchEnvironment.ReturnFreedMemory();
            }
        }
    }
}
