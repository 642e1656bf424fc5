using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Storage;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Live;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Catalogue;

public class LiveItemsTests(RedisFixture fixture) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Follow_MoreChangesThanAreFollowedAndOneMoreWhileAllIsLoaded_HasThemAll()
    {
        var beforeHead = new Queue<Action>();
        using var redis = WatchedDatabase.Connect(fixture.Server, $"test-{Guid.NewGuid():n}", command =>
        {
            if (command == nameof(IDatabase.StringGetAsync) && beforeHead.TryDequeue(out var act))
                act();
        });
        var (count, checksum) = (0, 0UL);
        Write(1, "first");
        var items = new LiveItems(new CatalogueStore(redis), TimeProvider.System, NullLogger<LiveItems>.Instance);
        await items.FollowAsync(default);

        Write(2, [.. Enumerable.Range(0, 50_001).Select(i => $"i{i}")]);
        // The head is read first to learn that there is something new, then to see whether what was loaded adds up.
        beforeHead.Enqueue(() => { });
        beforeHead.Enqueue(() => Write(3, "late"));
        await items.FollowAsync(default);

        Assert.Empty(beforeHead);
        Assert.Equal(50_003, items.Count);
        Assert.NotNull(items.Find("late"));

        void Write(long sequence, params string[] ids)
        {
            var (database, keys) = (fixture.Server.Database, redis.Keys);
            var entry = new CatalogueItem { Categories = { "c" } }.ToByteArray();
            count += ids.Length;
            checksum = ids.Aggregate(checksum, (sum, id) => unchecked(sum + CatalogueChecksum.Of(id, entry)));
            database.HashSet(keys.CatalogueItems, [.. ids.Select(id => new HashEntry(id, entry))]);
            database.SortedSetAdd(keys.CatalogueChanges, [.. ids.Select(id => new SortedSetEntry(id, sequence))]);
            database.StringSet(keys.Catalogue, new CatalogueHead { Version = 1, Sequence = sequence, Items = count, Checksum = checksum }.ToByteArray());
        }
    }
}
