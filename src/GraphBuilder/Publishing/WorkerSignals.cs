using Google.Protobuf;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// What GraphBuilders ask of each other, in Redis, where each looks once a second. A call throws <see cref="RedisException"/> while Redis can't be
/// reached, and <see cref="TimeoutException"/> when it does not answer.
/// </summary>
internal sealed class WorkerSignals(RedisConnection redis, TimeProvider time)
{
    /// <summary>Asks everybody for a checkpoint of each of their partitions.</summary>
    /// <returns>The request's number, which grows even if Redis has lost the one before.</returns>
    public async Task<long> AskForCheckpointsAsync(CancellationToken cancellationToken)
    {
        var number = Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), await CheckpointsAskedAsync(cancellationToken) + 1);
        await redis.Database.StringSetAsync(redis.Keys.CheckpointRequest, number).WaitAsync(cancellationToken);
        return number;
    }

    /// <summary>The newest request for checkpoints; 0 before the first.</summary>
    public async Task<long> CheckpointsAskedAsync(CancellationToken cancellationToken) =>
        (long?)await redis.Database.StringGetAsync(redis.Keys.CheckpointRequest).WaitAsync(cancellationToken) ?? 0;

    /// <summary>Asks the one that publishes for a snapshot.</summary>
    /// <returns>The request's number.</returns>
    public Task<long> AskForSnapshotAsync(CancellationToken cancellationToken) =>
        redis.Database.StringIncrementAsync(redis.Keys.SnapshotRequest).WaitAsync(cancellationToken);

    /// <summary>The newest request for a snapshot that nobody has answered; null if there is none.</summary>
    public async Task<long?> UnansweredAsync(CancellationToken cancellationToken)
    {
        var asked = (long?)await redis.Database.StringGetAsync(redis.Keys.SnapshotRequest).WaitAsync(cancellationToken);
        return asked is null || (await AnswerAsync(cancellationToken))?.Request >= asked ? null : asked;
    }

    /// <summary>Answers a request and all before it.</summary>
    public Task AnswerAsync(SnapshotAnswer answer, CancellationToken cancellationToken) =>
        redis.Database.StringSetAsync(redis.Keys.SnapshotAnswer, answer.ToByteArray()).WaitAsync(cancellationToken);

    /// <summary>The newest answer; null before the first.</summary>
    public async Task<SnapshotAnswer?> AnswerAsync(CancellationToken cancellationToken)
    {
        var stored = (byte[]?)await redis.Database.StringGetAsync(redis.Keys.SnapshotAnswer).WaitAsync(cancellationToken);
        try
        {
            return stored is null ? null : StoredMessage.Parse(SnapshotAnswer.Parser, stored, "answer to a request for a snapshot");
        }
        catch (ContractException)
        {
            // As good as none: the request is answered anew, over the damaged one.
            return null;
        }
    }
}
