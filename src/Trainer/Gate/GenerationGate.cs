using System.Globalization;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Models.Evaluation;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Snapshots;
using Outcome = Rearm.Streaming.Contracts.V1.QualityGate.Types.Outcome;

namespace Rearm.Streaming.Trainer.Gate;

/// <summary>
/// Compares a new generation with the one being served, on the newest interactions of users, that neither was trained on, and keeps a worse one out.
/// docs/decisions/0019-quality-gate-and-experiments.md says why the comparison is fair, and where it is not.
/// </summary>
internal sealed class GenerationGate(GenerationReader generations, SnapshotReader snapshots, IOptions<TrainerOptions> options)
{
    /// <summary>Chooses what to measure on, before training: what the gate measures on, training may not stop by.</summary>
    /// <param name="data">The snapshot, with interactions held out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StackExchange.Redis.RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    internal async Task<GatePlan> PlanAsync(TrainingData data, CancellationToken cancellationToken)
    {
        var (pointer, _) = await generations.ReadPointerAsync(cancellationToken);
        if (pointer is null)
        {
            await snapshots.HoldAsync([data.Whole.Info.Number], cancellationToken);
            return Without(data, 0, Outcome.First, "It is the first generation: there is nothing to compare it with.");
        }
        var number = long.TryParse(pointer, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        try
        {
            var served = await generations.ReadAsync(number, await generations.ReadManifestAsync(number, cancellationToken), cancellationToken);
            return await PlanAsync(data, served, cancellationToken);
        }
        catch (ContractException e)
        {
            // Where this run's can't be compared, the next one's can.
            await snapshots.HoldAsync([data.Whole.Info.Number], cancellationToken);
            return Without(data, number, Outcome.NotMeasured, $"Generation {number} can't be measured: {e.Message}");
        }
    }

    /// <summary>Compares, unless the plan says that it can't be done.</summary>
    /// <param name="plan">What <see cref="PlanAsync(TrainingData, CancellationToken)"/> gave.</param>
    /// <param name="data">The data that it was made for.</param>
    /// <param name="score">The new model, with parameters that were trained without what was held out.</param>
    /// <param name="cancellationToken">Stops between groups of users.</param>
    internal QualityGate Compare(GatePlan plan, TrainingData data, ScoreUsers score, CancellationToken cancellationToken)
    {
        var answer = plan.Answer.Clone();
        if (plan.Served is not { } served)
            return answer;
        var evaluator = new RankingEvaluator(data.Train.Interactions, data.Train.Items, plan.Measured);
        var ours = Recalls(evaluator.EvaluateUsers(served.Restrict(score), cancellationToken));
        var theirs = Recalls(evaluator.EvaluateUsers(served.Score, cancellationToken));
        var difference = PairedDifference.Of(ours, theirs);
        (answer.Users, answer.Recall, answer.ServedRecall) = (ours.Length, ours.Average(), theirs.Average());
        (answer.Difference, answer.Low, answer.High) = (difference.Mean, difference.Low, difference.High);
        answer.Outcome = difference.High < -options.Value.GateTolerance * answer.ServedRecall ? Outcome.Worse
            : difference.Low > 0 ? Outcome.Better
            : Outcome.NotWorse;
        answer.Reason = string.Create(CultureInfo.InvariantCulture,
            $"Recall@20 is {answer.Recall:0.0000} where generation {answer.Served} has {answer.ServedRecall:0.0000}, for the same {answer.Users} users: ")
            + string.Create(CultureInfo.InvariantCulture,
                $"a difference of {answer.Difference:0.0000}, with 95% confidence from {answer.Low:0.0000} to {answer.High:0.0000}.");
        return answer;
    }

    /// <summary>Whether what a run gave may be published, where nobody forces it.</summary>
    internal bool Allows(QualityGate answer) => answer.Outcome switch
    {
        Outcome.Worse => false,
        Outcome.NotMeasured => !options.Value.KeepsUnmeasuredOut,
        _ => true,
    };

    private async Task<GatePlan> PlanAsync(TrainingData data, StoredGeneration served, CancellationToken cancellationToken)
    {
        var snapshot = data.Whole;
        // A warm start knows what the newest generation knows, also while an older one is pinned.
        var newest = await ReadNewestAsync(cancellationToken);
        SnapshotInfo[] earlier = newest is null ? [served.Manifest.Snapshot] : [served.Manifest.Snapshot, newest];
        await snapshots.HoldAsync(earlier.Select(e => e.Number).Append(snapshot.Info.Number), cancellationToken);
        IEnumerable<(int User, int Item)> unseen = data.HeldOut;
        foreach (var info in earlier.DistinctBy(e => e.Hash))
            unseen = info.Hash == snapshot.Info.Hash ? [] : UnseenPairs.Of(snapshot, unseen, await snapshots.ReadPairsAsync(info, cancellationToken));
        // The other half is left for training to stop by: one that saw these would be as good as it can be on just these.
        var candidates = unseen.Where(pair => StableHash.Of(snapshot.UserIds[pair.User]) % 2 == 1).ToList();
        var vectors = await generations.ReadVectorsAsync(served.Manifest, candidates.ConvertAll(pair => snapshot.UserIds[pair.User]), cancellationToken);
        var users = candidates.Zip(vectors).Where(c => c.Second is not null).ToDictionary(c => c.First.User, c => c.Second!);
        var model = new ServedModel(served, snapshot, users);
        var measured = candidates.Where(pair => model.Knows(pair.User, pair.Item)).ToHashSet();
        if (measured.Count < options.Value.GateMinUsers)
            return Without(data, served.Manifest.Number, Outcome.NotMeasured,
                $"It can't be compared with generation {served.Manifest.Number}: there are {measured.Count} users with an interaction to measure on that "
                + $"neither was trained on, and {TrainerOptions.Section}:{nameof(TrainerOptions.GateMinUsers)} is {options.Value.GateMinUsers}.");
        return new([.. data.HeldOut.Where(pair => !measured.Contains(pair))], measured, model, new() { Served = served.Manifest.Number });
    }

    private async Task<SnapshotInfo?> ReadNewestAsync(CancellationToken cancellationToken)
    {
        var pointer = await generations.ReadNewestAsync(cancellationToken);
        return long.TryParse(pointer, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && await generations.ReadManifestAsync(number, cancellationToken) is { } manifest
            ? GenerationCodec.ReadManifest(manifest).Snapshot
            : null;
    }

    private static GatePlan Without(TrainingData data, long served, Outcome outcome, string reason) =>
        new(data.HeldOut, [], null, new() { Served = served, Outcome = outcome, Reason = reason });

    private static double[] Recalls(IReadOnlyList<RankingMetrics> users) => [.. users.Select(user => user.Recall20)];
}
