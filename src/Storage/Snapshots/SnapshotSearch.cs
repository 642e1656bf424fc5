using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Snapshots;

/// <summary>Finds the snapshots in Redis that have a user or an item, those included that are about to expire.</summary>
/// <param name="redis">Where they are.</param>
public sealed class SnapshotSearch(RedisConnection redis)
{
    private readonly SnapshotIndex _index = new(redis);

    /// <summary>The numbers of the snapshots that have a user.</summary>
    /// <exception cref="ContractException">A snapshot can't be read.</exception>
    /// <exception cref="RedisException">Redis can't be reached.</exception>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public Task<IReadOnlyList<long>> FindUserAsync(string userId, CancellationToken cancellationToken) => FindAsync(users: true, userId, cancellationToken);

    /// <summary>The numbers of the snapshots that have an item.</summary>
    /// <inheritdoc cref="FindUserAsync" path="/exception"/>
    public Task<IReadOnlyList<long>> FindItemAsync(string itemId, CancellationToken cancellationToken) => FindAsync(users: false, itemId, cancellationToken);

    private async Task<IReadOnlyList<long>> FindAsync(bool users, string id, CancellationToken cancellationToken)
    {
        var found = new List<long>();
        // Snapshots share chunks; each is looked at once.
        var seen = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var number in await _index.StoredAsync(cancellationToken))
        {
            if (await _index.ManifestAsync(number, cancellationToken) is not { } manifest)
                continue;
            foreach (var chunk in SnapshotManifestCodec.IdChunksOf(manifest, users))
            {
                if (!seen.TryGetValue(chunk, out var has))
                    seen[chunk] = has = await HasAsync(chunk, id, cancellationToken);
                if (has)
                {
                    found.Add(number);
                    break;
                }
            }
        }
        return found;
    }

    private async Task<bool> HasAsync(string chunk, string id, CancellationToken cancellationToken)
    {
        byte[]? bytes = await redis.Database.StringGetAsync(redis.Keys.Chunk(chunk)).WaitAsync(cancellationToken);
        return bytes is not null && StoredMessage.Parse(StringList.Parser, bytes, $"part of a snapshot's ids (chunk {chunk})").Values.Contains(id);
    }
}
