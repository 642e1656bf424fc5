using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Impressions;

namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>Ends an experiment by itself once one arm is certainly clicked less: everybody gets the other arm's generation. Off unless configured.</summary>
internal sealed partial class ExperimentRule(
    ExperimentRegistry experiments, GenerationRegistry generations, GenerationReader reader, ImpressionCountsStore counts,
    IOptions<GraphBuilderOptions> options, ILogger<ExperimentRule> logger)
{
    // It is looked at every few seconds for days, and the items that one user sees are not independent: at two standard deviations, chance would end most
    // experiments.
    private const double Deviations = 4;

    /// <summary>Ends the experiment if it is decided.</summary>
    /// <exception cref="StackExchange.Redis.RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task ApplyAsync(CancellationToken cancellationToken)
    {
        if (options.Value.EndExperimentAfterItems == 0 || await RunningAsync(cancellationToken) is not { } experiment)
            return;
        var sums = (await counts.SumAsync(cancellationToken)).Where(c => c.Experiment == experiment.Id).ToList();
        if (Decide(experiment, sums, options.Value.EndExperimentAfterItems) is not { } winner)
            return;
        var loser = winner == experiment.Control ? experiment.Treatment : experiment.Control;
        var (better, worse) = (Of(sums, winner), Of(sums, loser));
        var because = $"Arm {winner.Name} is better: {better.Clicks} of {better.Shown} items clicked, in {loser.Name} {worse.Clicks} of {worse.Shown}. "
            + $"Everybody gets generation {winner.Generation}.";
        // Before it ends, while it keeps the generation. Where that one is served anyway, newer ones may follow it.
        var (served, _, _) = await reader.ReadServedAsync(cancellationToken);
        if (served != $"{winner.Generation}" && await generations.PinAsync(winner.Generation, cancellationToken) is { } problem)
        {
            LogNotEnded(winner.Generation, problem);
            return;
        }
        if (await experiments.StopAsync(because, experiment.Id, cancellationToken))
            LogEnded(because);
    }

    /// <summary>The arm that is better beyond chance; null: not yet.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="sums">What was counted of it.</param>
    /// <param name="leastShown">Items that each arm must have shown.</param>
    internal static ExperimentArm? Decide(Experiment experiment, IReadOnlyCollection<ArmCounts> sums, long leastShown)
    {
        var (control, treatment) = (Of(sums, experiment.Control), Of(sums, experiment.Treatment));
        if (Math.Min(control.Shown, treatment.Shown) < leastShown)
            return null;
        return ClickRate.Deviation(treatment, control) switch
        {
            >= Deviations => experiment.Treatment,
            <= -Deviations => experiment.Control,
            _ => null,
        };
    }

    private static ArmCounts Of(IEnumerable<ArmCounts> sums, ExperimentArm arm) =>
        sums.FirstOrDefault(c => c.Arm == arm.Name && c.Generation == arm.Generation) ?? new();

    private async Task<Experiment?> RunningAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await experiments.RunningAsync(cancellationToken);
        }
        catch (ContractException)
        {
            // Of another release: not ours to end.
            return null;
        }
    }

    [LoggerMessage(2062, LogLevel.Warning, "The experiment has ended by itself: {Because}")]
    private partial void LogEnded(string because);

    [LoggerMessage(2063, LogLevel.Error, "The experiment is decided for generation {Generation}, which can't be pinned: {Problem}")]
    private partial void LogNotEnded(long generation, PinProblem problem);
}
