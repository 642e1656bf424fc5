using System.Collections.Concurrent;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// A thread for long work beside answers, whatever is awaited in between: on the thread pool it would take one of the few threads that answer.
/// </summary>
internal sealed class AsideThread : TaskScheduler
{
    private readonly BlockingCollection<Task> _tasks = [];

    private AsideThread()
    {
    }

    /// <inheritdoc/>
    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Does something on a thread of its own, which ends with it.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="cancellationToken">Keeps it from beginning; the work looks at it itself.</param>
    public static async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var scheduler = new AsideThread();
        new Thread(scheduler.Work) { IsBackground = true, Name = "Aside" }.Start();
        try
        {
            return await Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.None, scheduler).Unwrap();
        }
        finally
        {
            scheduler._tasks.CompleteAdding();
        }
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task) => _tasks.Add(task);

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;

    private void Work()
    {
        foreach (var task in _tasks.GetConsumingEnumerable())
            TryExecuteTask(task);
    }
}
