using System.Runtime.CompilerServices;
using Google.Protobuf;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Leases;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Live;

/// <summary>
/// The live catalogue in Redis: a hash with an entry per item, a sorted set that says which items have changed last, and a head with the number of the
/// newest change, the number of entries and their checksum. All three change in one transaction, and are in one slot of a Redis Cluster. So a reader loads
/// all of it once, follows the changes from there, and can tell whether it has missed any. Calls throw <see cref="RedisException"/> or
/// <see cref="TimeoutException"/> while Redis does not answer.
/// </summary>
/// <param name="redis">Where it is.</param>
public sealed class CatalogueStore(RedisConnection redis)
{
    /// <summary>Changes of one transaction at most.</summary>
    public const int ChangesTogether = 500;

    private const int EntriesPerAnswer = 1000;

    private RedisKeys Keys => redis.Keys;

    /// <summary>The head; null if there is none.</summary>
    /// <exception cref="ContractException">Malformed, or of an unknown version.</exception>
    public async Task<CatalogueHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        byte[]? bytes = await redis.Database.StringGetAsync(Keys.Catalogue).WaitAsync(cancellationToken);
        return bytes is null ? null : CatalogueCodec.ReadHead(bytes);
    }

    /// <summary>Writes changes and the head that they lead to.</summary>
    /// <param name="changes">At most <see cref="ChangesTogether"/>; each item once.</param>
    /// <param name="head">With a sequence above that of the head before.</param>
    /// <param name="token">Of the lease that guards <see cref="RedisKeys.Catalogue"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="LeaseLostException">Another process writes it now; nothing was changed.</exception>
    public async Task WriteAsync(IReadOnlyList<CatalogueChange> changes, CatalogueHead head, long token, CancellationToken cancellationToken)
    {
        var entries = changes.Where(c => c.Entry is not null).Select(c => new HashEntry(c.ItemId, c.Entry)).ToArray();
        var gone = changes.Where(c => c.Entry is null).Select(c => (RedisValue)c.ItemId).ToArray();
        var changed = changes.Select(c => new SortedSetEntry(c.ItemId, head.Sequence)).ToArray();
        var written = await Fence.WriteAsync(redis, Keys.Catalogue, token, transaction =>
        {
            if (entries.Length > 0)
                _ = transaction.HashSetAsync(Keys.CatalogueItems, entries);
            if (gone.Length > 0)
                _ = transaction.HashDeleteAsync(Keys.CatalogueItems, gone);
            if (changed.Length > 0)
                _ = transaction.SortedSetAddAsync(Keys.CatalogueChanges, changed);
            _ = transaction.StringSetAsync(Keys.Catalogue, head.ToByteArray());
        }, cancellationToken);
        if (!written)
            throw new LeaseLostException("Another process writes the live catalogue now.");
    }

    /// <summary>How many entries there are.</summary>
    public Task<long> CountAsync(CancellationToken cancellationToken) => redis.Database.HashLengthAsync(Keys.CatalogueItems).WaitAsync(cancellationToken);

    /// <summary>All entries; one may come twice, and one that changes meanwhile may come in either form.</summary>
    public async IAsyncEnumerable<CatalogueChange> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var cursor = "0";
        do
        {
            var scan = redis.Database.ExecuteAsync("HSCAN", (RedisKey)Keys.CatalogueItems, cursor, "COUNT", EntriesPerAnswer);
            var answer = (RedisResult[])(await scan.WaitAsync(cancellationToken))!;
            cursor = (string)answer[0]!;
            var pairs = (RedisResult[])answer[1]!;
            for (var i = 0; i + 1 < pairs.Length; i += 2)
                yield return new((string)pairs[i]!, (byte[])pairs[i + 1]!);
        }
        while (cursor != "0");
    }

    /// <summary>The entries of these items; null where there is none.</summary>
    public async Task<IReadOnlyList<CatalogueChange>> ReadAsync(IReadOnlyList<string> items, CancellationToken cancellationToken)
    {
        var found = new List<CatalogueChange>(items.Count);
        foreach (var window in items.Chunk(EntriesPerAnswer))
        {
            var entries = await redis.Database.HashGetAsync(Keys.CatalogueItems, Array.ConvertAll(window, i => (RedisValue)i)).WaitAsync(cancellationToken);
            found.AddRange(window.Select((id, i) => new CatalogueChange(id, entries[i])));
        }
        return found;
    }

    /// <summary>The items that have changed after a change.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<IReadOnlyList<string>> ChangedAfterAsync(long sequence, CancellationToken cancellationToken)
    {
        var changed = await redis.Database.SortedSetRangeByScoreAsync(Keys.CatalogueChanges, sequence, exclude: Exclude.Start).WaitAsync(cancellationToken);
        return Array.ConvertAll(changed, c => c.ToString());
    }
}
