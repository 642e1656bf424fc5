using Rearm.Streaming.Cli.Embedded;
using StackExchange.Redis;

namespace Rearm.Streaming.Cli.UnitTests.Embedded;

public class EmbeddedRedisTests
{
    [Fact]
    public async Task Start_Twice_AreTwoServers()
    {
        await using var one = EmbeddedRedis.Start();
        await using var other = EmbeddedRedis.Start();
        using var oneConnection = await ConnectionMultiplexer.ConnectAsync(one.Configuration);
        using var otherConnection = await ConnectionMultiplexer.ConnectAsync(other.Configuration);

        await oneConnection.GetDatabase().StringSetAsync("key", "value");

        Assert.Equal("value", await oneConnection.GetDatabase().StringGetAsync("key"));
        Assert.False(await otherConnection.GetDatabase().KeyExistsAsync("key"));
    }

    [Fact]
    public async Task Start_PortThatIsTaken_FailsAndNamesIt()
    {
        await using var one = EmbeddedRedis.Start();

        var e = Assert.Throws<InvalidOperationException>(() => EmbeddedRedis.Start(one.Port));

        Assert.Contains($"127.0.0.1:{one.Port}", e.Message);
    }

    [Fact]
    public async Task DisposeAsync_ThenStartOnItsPort_IsAnEmptyServer()
    {
        var server = EmbeddedRedis.Start();
        using (var connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration))
            await connection.GetDatabase().StringSetAsync("key", "value");

        await server.DisposeAsync();
        await server.DisposeAsync();

        await using var again = EmbeddedRedis.Start(server.Port);
        using var connectionAgain = await ConnectionMultiplexer.ConnectAsync(again.Configuration);
        Assert.False(await connectionAgain.GetDatabase().KeyExistsAsync("key"));
    }
}
