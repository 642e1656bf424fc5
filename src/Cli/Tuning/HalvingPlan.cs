namespace Rearm.Streaming.Cli.Tuning;

/// <summary>
/// Successive halving (Jamieson and Talwalkar, AISTATS 2016): all trials get a few epochs, the better ones go on for twice as many, and so on until one is
/// left, which has had them all. There are four rounds at most, so that none is judged by less than an eighth of the epochs: after the first one or two
/// a slow learner, which is still at popularity, is often ahead. Up to eight trials half of them go on each time, of more a smaller share. A model that is
/// not trained in epochs has one round.
/// </summary>
internal static class HalvingPlan
{
    private const int MaxRounds = 4;

    public static IReadOnlyList<Rung> Of(int trials, int epochs)
    {
        if (epochs == 0)
            return [new(1, trials, 0)];
        var last = Math.Min(MaxRounds, 1 + (int)Math.Ceiling(Math.Log2(trials))) - 1;
        return [.. Enumerable.Range(0, last + 1).Select(round => new Rung(
            round + 1, round == 0 ? trials : (int)Math.Round(Math.Pow(trials, (double)(last - round) / last)), Math.Max(1, epochs >> (last - round))))];
    }

    /// <summary>Epochs that a rung adds for all its trials.</summary>
    public static int NewEpochs(IReadOnlyList<Rung> plan, int rung) =>
        plan[rung].Trials * (rung == 0 ? Math.Max(1, plan[0].Epochs) : plan[rung].Epochs - plan[rung - 1].Epochs);

    /// <summary>The best trials of a rung, as many as the next one has; of equals, and of failures, the one with the smaller number.</summary>
    public static IReadOnlyList<TrialResult> Best(IEnumerable<TrialResult> results, int count) =>
        [.. results.Where(r => r.Recall is not null).OrderByDescending(r => r.Recall).ThenBy(r => r.Trial).Take(count).OrderBy(r => r.Trial)];
}
