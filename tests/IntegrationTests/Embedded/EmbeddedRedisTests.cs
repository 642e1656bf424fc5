using System.Diagnostics;
using StackExchange.Redis;
using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.IntegrationTests.Fixtures;

namespace Rearm.Streaming.IntegrationTests.Embedded;

public class EmbeddedRedisTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Fact]
    public async Task Set_ThenGet_ReturnsTheValue()
    {
        var database = redis.Connection.GetDatabase();

        await database.StringSetAsync("key", "value");

        Assert.Equal("value", await database.StringGetAsync("key"));
    }

    [Fact]
    public async Task StartAsync_Twice_AreTwoServers()
    {
        await using var other = await EmbeddedRedis.StartAsync();
        using var connection = await ConnectionMultiplexer.ConnectAsync(other.Configuration);

        await redis.Connection.GetDatabase().StringSetAsync("mine", "1");

        Assert.False(await connection.GetDatabase().KeyExistsAsync("mine"));
    }

    [Fact]
    public async Task DisposeAsync_LeavesNeitherServerNorFolder()
    {
        var server = await EmbeddedRedis.StartAsync();
        string folder;
        int process;
        using (var connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration + ",allowAdmin=true"))
        {
            var host = connection.GetServer(server.Configuration);
            folder = (await host.ConfigGetAsync("dir")).Single().Value;
            process = int.Parse((await host.InfoAsync("server")).Single().Single(pair => pair.Key == "process_id").Value);
        }
        Assert.True(Directory.Exists(folder));

        await server.DisposeAsync();

        Assert.False(Directory.Exists(folder));
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
    }
}
