namespace Rearm.Streaming.Cli.Tuning;

/// <summary>The search itself: which trial gets how many epochs, and who goes on.</summary>
/// <param name="sampler">The trials.</param>
/// <param name="plan">The rounds.</param>
/// <param name="journal">What has been done already.</param>
internal sealed class TuningSearch(TrialSampler sampler, IReadOnlyList<Rung> plan, TuningJournal journal)
{
    /// <summary>Trains a trial up to so many epochs; never throws for a trial that can't be trained.</summary>
    public required Func<Trial, Rung, CancellationToken, Task<TrialResult>> Train { get; init; }

    /// <summary>Told of each result, those of an earlier process included.</summary>
    public Action<TrialResult> Report { get; init; } = _ => { };

    /// <summary>Told of a trial that is out.</summary>
    public Action<int> Drop { get; init; } = _ => { };

    /// <summary>Goes through all rounds, or until <paramref name="deadline"/>: then what has been found so far counts.</summary>
    /// <returns>Whether all rounds are done.</returns>
    public async Task<bool> RunAsync(CancellationToken deadline, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline, cancellation);
        int[] trials = [.. Enumerable.Range(0, plan[0].Trials)];
        foreach (var rung in plan)
        {
            var results = new List<TrialResult>();
            foreach (var trial in trials)
            {
                try
                {
                    results.Add(journal.Find(trial, rung.Number) ?? await TrainAsync(sampler.Get(trial), rung, stop.Token));
                }
                catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellation.IsCancellationRequested)
                {
                    return false;
                }
                Report(results[^1]);
            }
            var next = rung.Number < plan.Count ? HalvingPlan.Best(results, plan[rung.Number].Trials).Select(r => r.Trial).ToArray() : [];
            foreach (var trial in trials.Except(next))
                Drop(trial);
            trials = next;
        }
        return true;
    }

    /// <summary>The best trial of all rounds, with the result that says so; null: all failed, or none has been tried.</summary>
    public TrialResult? Best() =>
        journal.Results.Where(r => r.Recall is not null).OrderByDescending(r => r.Recall).ThenBy(r => r.Trial).ThenBy(r => r.Rung).FirstOrDefault();

    private async Task<TrialResult> TrainAsync(Trial trial, Rung rung, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var result = await Train(trial, rung, cancellation);
        journal.Append(result);
        return result;
    }
}
