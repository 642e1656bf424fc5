using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
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
        foreach (var (info, bytes) in GenerationCodec.UserChunks(generation))
        {
            await Database.StringSetAsync(keys.GenerationUsers(number, manifest.UserChunks.Count), bytes);
            manifest.UserChunks.Add(info);
        }
        await Database.StringSetAsync(keys.GenerationManifest(number), manifest.ToByteArray());
        return manifest;
    }

    public Task FlipAsync(long number) => Database.StringSetAsync(keys.CurrentGeneration, number);

    public async Task PublishAsync(long number, ModelGeneration generation)
    {
        await WriteAsync(number, generation);
        await FlipAsync(number);
    }

    public Task TouchAsync(string user, string item, DateTimeOffset time) => Database.SortedSetAddAsync(keys.User(user), item, time.ToUnixTimeMilliseconds());

    public Task TouchAfterTrainingAsync(string user, string item, int seconds = 1) => TouchAsync(user, item, TestModel.EventTime.AddSeconds(seconds));

    public Task TouchBeforeTrainingAsync(string user, string item) => TouchAsync(user, item, TestModel.EventTime.AddHours(-1));

    public Task HideAsync(string item) => Database.SetAddAsync(keys.HiddenItems, item);

    public Task ShowAsync(string item) => Database.SetRemoveAsync(keys.HiddenItems, item);

    /// <summary>Says that the hidden items are known.</summary>
    public Task WriteLiveMarkerAsync() => Database.StringSetAsync(keys.LiveMarker, "test:1");

    public Task DislikeAsync(string user, string item, DateTimeOffset time) => Database.SortedSetAddAsync(keys.User(user), item, -time.ToUnixTimeMilliseconds());

    public Task EraseAsync(string user, DateTimeOffset time) =>
        Database.SortedSetAddAsync(keys.ErasedUsers, RedisKeys.UserHash(StableHash.Of(user)), time.ToUnixTimeMilliseconds());

    public Task PopularAsync(params (string Id, int Users)[] items) => Database.StringSetAsync(
        keys.Popular, new PopularItems { Version = 1, ItemIds = { items.Select(i => i.Id) }, Users = { items.Select(i => i.Users) } }.ToByteArray());
}
