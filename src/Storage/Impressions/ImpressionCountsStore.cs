using Google.Protobuf;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Impressions;

/// <summary>
/// What was shown and clicked, by partition of the users. What is written is absolute and goes with the place in the logs up to which it counts, so writing it
/// again, or an older one by a process that does not know yet that the partition is another's, does no lasting harm. Calls throw
/// <see cref="RedisException"/> or <see cref="TimeoutException"/> while Redis does not answer.
/// </summary>
/// <param name="redis">Where it is.</param>
public sealed class ImpressionCountsStore(RedisConnection redis)
{
    /// <summary>The layout version.</summary>
    public const uint Version = 1;

    /// <summary>Replaces what is there of a partition.</summary>
    public Task WriteAsync(int partition, ImpressionCounts counts, CancellationToken cancellationToken) =>
        redis.Database.HashSetAsync(redis.Keys.ImpressionCounts, partition, counts.ToByteArray()).WaitAsync(cancellationToken);

    /// <summary>What is there of a partition; null if nothing, or nothing that can be read.</summary>
    public async Task<ImpressionCounts?> ReadAsync(int partition, CancellationToken cancellationToken) =>
        Read(await redis.Database.HashGetAsync(redis.Keys.ImpressionCounts, partition).WaitAsync(cancellationToken));

    /// <summary>The sums over all partitions, the newest first.</summary>
    public async Task<IReadOnlyList<ArmCounts>> SumAsync(CancellationToken cancellationToken)
    {
        var sums = new Dictionary<(string Experiment, string Arm, long Generation), ArmCounts>();
        foreach (var entry in await redis.Database.HashGetAllAsync(redis.Keys.ImpressionCounts).WaitAsync(cancellationToken))
            foreach (var counts in Read(entry.Value)?.Arms ?? [])
            {
                var key = (counts.Experiment, counts.Arm, counts.Generation);
                if (!sums.TryGetValue(key, out var sum))
                    sums.Add(key, sum = new() { Experiment = counts.Experiment, Arm = counts.Arm, Generation = counts.Generation });
                (sum.Lists, sum.Shown, sum.Clicks, sum.Last) =
                    (sum.Lists + counts.Lists, sum.Shown + counts.Shown, sum.Clicks + counts.Clicks, Math.Max(sum.Last, counts.Last));
            }
        return [.. sums.Values
            .OrderByDescending(c => c.Generation).ThenBy(c => c.Experiment, StringComparer.Ordinal).ThenBy(c => c.Arm, StringComparer.Ordinal)];
    }

    // What can't be read is of no use to anybody, and is counted anew from the logs.
    private static ImpressionCounts? Read(RedisValue value)
    {
        try
        {
            return (byte[]?)value is { } bytes && StoredMessage.Parse(ImpressionCounts.Parser, bytes, "count of impressions") is { Version: Version } counts
                ? counts
                : null;
        }
        catch (ContractException)
        {
            return null;
        }
    }
}
