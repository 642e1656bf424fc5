using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>
/// The experiment that runs, of which there is one at most. Calls throw <see cref="RedisException"/> or <see cref="TimeoutException"/> while Redis does not
/// answer.
/// </summary>
/// <param name="redis">Where it is.</param>
/// <param name="time">The clock.</param>
public sealed class ExperimentRegistry(RedisConnection redis, TimeProvider time)
{
    private readonly GenerationRegistry _generations = new(redis);

    private RedisKeys Keys => redis.Keys;

    /// <summary>Starts an experiment: Servers follow within their poll interval.</summary>
    /// <param name="experiment">Its arms and share (<see cref="ExperimentCodec.Problem"/> has nothing to say); id and time are set.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why not; null if it runs.</returns>
    public async Task<ExperimentProblem?> StartAsync(Experiment experiment, CancellationToken cancellationToken)
    {
        if (await ArmProblemAsync(experiment, cancellationToken) is { } before)
            return before;
        (experiment.Version, experiment.Id, experiment.StartedAt) = (ExperimentCodec.Version, $"{Guid.NewGuid():n}", Now);
        var bytes = ExperimentCodec.Write(experiment);
        if (!await redis.Database.StringSetAsync(Keys.Experiment, bytes, when: When.NotExists).WaitAsync(cancellationToken))
            return new(null, 0);
        // Looked at again: a publication may have begun to let one expire before it could see the experiment.
        if (await ArmProblemAsync(experiment, cancellationToken) is not { } problem)
            return null;
        await RemoveAsync(bytes, null, cancellationToken);
        return problem;
    }

    /// <summary>The one that runs; null if none does.</summary>
    /// <exception cref="ContractException">What is there can't be read; <see cref="StopAsync"/> removes it.</exception>
    public Task<Experiment?> RunningAsync(CancellationToken cancellationToken) => ReadAsync(Keys.Experiment, cancellationToken);

    /// <summary>The one that ended last; null if none has.</summary>
    /// <exception cref="ContractException">What is there can't be read.</exception>
    public Task<Experiment?> LastAsync(CancellationToken cancellationToken) => ReadAsync(Keys.LastExperiment, cancellationToken);

    /// <summary>Ends the experiment that runs.</summary>
    /// <param name="because">Why, in words.</param>
    /// <param name="id">Only the one with this id; null: any, even one that can't be read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether one was ended; false if none runs, or another one.</returns>
    public async Task<bool> StopAsync(string because, string? id, CancellationToken cancellationToken)
    {
        var bytes = (byte[]?)await redis.Database.StringGetAsync(Keys.Experiment).WaitAsync(cancellationToken);
        if (bytes is null)
            return false;
        Experiment? ended = null;
        try
        {
            ended = ExperimentCodec.Read(bytes);
            (ended.EndedAt, ended.EndedBecause) = (Now, because);
        }
        catch (ContractException) when (id is null)
        {
            // Nobody could follow it, so there is nothing to remember.
        }
        return (id is null || ended?.Id == id) && await RemoveAsync(bytes, ended, cancellationToken);
    }

    private Timestamp Now => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    // Only what was looked at: another one may have been started since. That the one that ended is noted by a command of its own is for Redis Cluster, where
    // the two keys are in different slots.
    private async Task<bool> RemoveAsync(byte[] bytes, Experiment? ended, CancellationToken cancellationToken)
    {
        // Deletes a key that has this value, and nothing else.
        if (!await redis.Database.LockReleaseAsync(Keys.Experiment, bytes).WaitAsync(cancellationToken))
            return false;
        if (ended is not null)
            await redis.Database.StringSetAsync(Keys.LastExperiment, ExperimentCodec.Write(ended)).WaitAsync(cancellationToken);
        return true;
    }

    private async Task<ExperimentProblem?> ArmProblemAsync(Experiment experiment, CancellationToken cancellationToken)
    {
        foreach (var arm in new[] { experiment.Control, experiment.Treatment })
            if (await _generations.ProblemAsync(arm.Generation, cancellationToken) is { } problem)
                return new(problem, arm.Generation);
        return null;
    }

    private async Task<Experiment?> ReadAsync(string key, CancellationToken cancellationToken) =>
        (byte[]?)await redis.Database.StringGetAsync(key).WaitAsync(cancellationToken) is { } bytes ? ExperimentCodec.Read(bytes) : null;
}
