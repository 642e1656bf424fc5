using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Storage.Live;
using Rearm.Streaming.Testing.Redis;
using StackExchange.Redis;

namespace Rearm.Streaming.IntegrationTests.Server.Fixtures;

/// <summary>Writes to Redis what the GraphBuilder and the Trainer would write.</summary>
internal sealed class Publisher(RedisServer redis, RedisKeys keys)
{
    public RedisKeys Keys => keys;

    private IDatabase Database => redis.Database;

    /// <summary>Writes a complete generation without making it current.</summary>
    public async Task<GenerationManifest> WriteAsync(long number, ModelGeneration generation)
    {
        var manifest = GenerationCodec.Describe(generation);
        manifest.Number = number;
        manifest.PublishedAt = DateTimeOffset.UtcNow.ToTimestamp();
        foreach (var (info, bytes) in GenerationCodec.ItemChunks(generation))
        {
            await Database.StringSetAsync(keys.GenerationItems(number, manifest.ItemChunks.Count), bytes);
            manifest.ItemChunks.Add(info);
        }
        if (generation.UserEncoder is { } encoder)
            foreach (var (info, bytes) in UserEncoderCodec.Chunks(encoder))
            {
                await Database.StringSetAsync(keys.GenerationEncoder(number, manifest.UserEncoder.Chunks.Count), bytes);
                manifest.UserEncoder.Chunks.Add(info);
            }
        if (generation.ItemEncoder is { } itemEncoder)
            foreach (var (info, bytes) in ItemEncoderCodec.Chunks(itemEncoder))
            {
                await Database.StringSetAsync(keys.GenerationItemEncoder(number, manifest.ItemEncoder.Chunks.Count), bytes);
                manifest.ItemEncoder.Chunks.Add(info);
            }
        foreach (var (info, bytes) in GenerationCodec.UserChunks(generation))
        {
            await Database.StringSetAsync(keys.GenerationUsers(number, manifest.UserChunks.Count), bytes);
            manifest.UserChunks.Add(info);
        }
        // In single precision, so that tests can work out scores exactly.
        var vectors = generation.UserIds.Select((id, u) => Database.StringSetAsync(
            keys.UserVector(number, id),
            UserVectorCodec.Write(generation.UserVectors.AsSpan(u * generation.Dimension, generation.Dimension), VectorPrecision.Full, manifest.VectorSeed)));
        await Task.WhenAll(vectors);
        await Database.StringSetAsync(keys.GenerationManifest(number), manifest.ToByteArray());
        return manifest;
    }

    public Task FlipAsync(long number) => Database.StringSetAsync(keys.CurrentGeneration, number);

    public async Task PublishAsync(long number, ModelGeneration generation)
    {
        await WriteAsync(number, generation);
        await FlipAsync(number);
    }

    /// <summary>What a user did, of whom nothing is known of the log.</summary>
    public Task TouchAsync(string user, string item, DateTimeOffset time) =>
        Database.HashSetAsync(keys.User(user), item, HistoryCodec.Write(new("", time.ToUnixTimeMilliseconds(), false, Offset: time.ToUnixTimeSeconds())));

    /// <summary>What a user did, by the log, with the types click (bit 0) and purchase (bit 1).</summary>
    public Task TouchAsync(string user, Touch touch, int partition = 0) => Database.HashSetAsync(
        keys.User(user),
        [new(HistoryCodec.HeaderField, HistoryHeader.Write(partition, ["click", "purchase"])), new(touch.ItemId, HistoryCodec.Write(touch))]);

    /// <summary>Puts something into a user's history that nobody can read.</summary>
    public Task DamageHistoryAsync(string user) => Database.HashSetAsync(keys.User(user), "d", "not what was done");

    public Task TouchAfterTrainingAsync(string user, string item, int seconds = 1) => TouchAsync(user, item, TestModel.EventTime.AddSeconds(seconds));

    public Task TouchBeforeTrainingAsync(string user, string item) => TouchAsync(user, item, TestModel.EventTime.AddHours(-1));

    public Task HideAsync(string item) => Database.SetAddAsync(keys.HiddenItems, item);

    public Task ShowAsync(string item) => Database.SetRemoveAsync(keys.HiddenItems, item);

    /// <summary>Says that the hidden items are known.</summary>
    public Task WriteLiveMarkerAsync() => Database.StringSetAsync(keys.LiveMarker, "test:1");

    public Task DislikeAsync(string user, string item, DateTimeOffset time) => Database.HashSetAsync(
        keys.User(user), item, HistoryCodec.Write(new("", time.ToUnixTimeMilliseconds(), true, Offset: time.ToUnixTimeSeconds())));

    public Task EraseAsync(string user, DateTimeOffset time) =>
        Database.SortedSetAddAsync(keys.ErasedUsers, RedisKeys.UserHash(StableHash.Of(user)), time.ToUnixTimeMilliseconds());

    public Task PopularAsync(params (string Id, int Users)[] items) => Database.StringSetAsync(
        keys.Popular, new PopularItems { Version = 1, ItemIds = { items.Select(i => i.Id) }, Users = { items.Select(i => i.Users) } }.ToByteArray());

    public Task TrendingAsync(params (string Id, float Score)[] items) => Database.StringSetAsync(
        keys.Trending, new TrendingItems { Version = 1, ItemIds = { items.Select(i => i.Id) }, Scores = { items.Select(i => i.Score) } }.ToByteArray());

    /// <summary>The whole live catalogue.</summary>
    public Task CatalogueAsync(params (string Id, CatalogueItem Item)[] items) => CatalogueAsync(1, items);

    /// <summary>The whole live catalogue, after so many changes.</summary>
    public async Task CatalogueAsync(long sequence, (string Id, CatalogueItem Item)[] items)
    {
        await Database.HashSetAsync(keys.CatalogueItems, [.. items.Select(i => new HashEntry(i.Id, i.Item.ToByteArray()))]);
        var checksum = items.Aggregate(0UL, (sum, i) => unchecked(sum + CatalogueChecksum.Of(i.Id, i.Item.ToByteArray())));
        await Database.StringSetAsync(keys.Catalogue, new CatalogueHead { Version = 1, Sequence = sequence, Items = items.Length, Checksum = checksum }.ToByteArray());
    }
}
