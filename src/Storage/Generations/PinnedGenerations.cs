using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Storage.Generations;

/// <summary>The generations that stay whatever their age.</summary>
internal static class PinnedGenerations
{
    /// <summary>The numbers of the one that is pinned and of those in an experiment; none if there are none.</summary>
    public static async Task<IReadOnlySet<long>> ReadAsync(RedisConnection redis, CancellationToken cancellationToken)
    {
        var (pinned, running) = (redis.Database.StringGetAsync(redis.Keys.PinnedGeneration), redis.Database.StringGetAsync(redis.Keys.Experiment));
        await Task.WhenAll(pinned, running).WaitAsync(cancellationToken);
        var numbers = new HashSet<long>();
        if (pinned.Result.TryParse(out long number))
            numbers.Add(number);
        try
        {
            if (!running.Result.IsNull && ExperimentCodec.Read((byte[])running.Result!) is var experiment)
                numbers.UnionWith([experiment.Control.Generation, experiment.Treatment.Generation]);
        }
        catch (ContractException)
        {
            // Nobody follows it.
        }
        return numbers;
    }
}
