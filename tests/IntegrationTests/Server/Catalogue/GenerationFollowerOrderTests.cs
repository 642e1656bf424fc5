using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.IntegrationTests.Fixtures;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;
using Rearm.Streaming.IntegrationTests.Storage;
using Rearm.Streaming.Server;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.IntegrationTests.Server.Catalogue;

/// <summary>The GraphBuilder writes before each of the commands by which a poll reads.</summary>
public sealed class GenerationFollowerOrderTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Poll_NewItemThatIsNotAvailableComesMeanwhile_IsNeverSeenWithoutBeingHidden()
    {
        var commands = 0;
        for (var reached = true; reached; commands++)
        {
            using var connection = redis.Server.Connect();
            var publisher = new Publisher(redis.Server, connection.Keys);
            await publisher.PublishAsync(1, TestModel.Compass());
            await publisher.CatalogueAsync(TestModel.Titles("a"));
            await publisher.WriteLiveMarkerAsync();
            var left = int.MaxValue;
            using var watched = WatchedDatabase.Connect(redis.Server, connection.Keys.Prefix, _ =>
            {
                if (left-- == 0)
                    Task.Run(WriteAsync).GetAwaiter().GetResult();
            });
            var items = new LiveItems(new CatalogueStore(watched), TimeProvider.System, NullLogger<LiveItems>.Instance);
            using var follower = new GenerationFollower(
                new GenerationReader(watched), new LiveCatalogue(watched), new HiddenItems(new(watched)), items, Options.Create(new ServerOptions()),
                NullLogger<GenerationFollower>.Instance, TimeProvider.System);
            await follower.FollowAsync(default);

            left = commands;
            await follower.FollowAsync(default);

            reached = left < 0;
            if (items.Find("new") is not null)
                Assert.Contains("new", follower.Current.Live.HiddenItems);
            left = int.MaxValue;
            await follower.FollowAsync(default);
            Assert.Equal(reached, items.Find("new") is not null && follower.Current.Live.HiddenItems.Contains("new"));

            async Task WriteAsync()
            {
                await publisher.HideAsync("new");
                await publisher.CatalogueAsync(2, TestModel.Titles("a", "new"));
            }
        }
        Assert.True(commands > 5, $"Only {commands} commands were sent.");
    }
}
