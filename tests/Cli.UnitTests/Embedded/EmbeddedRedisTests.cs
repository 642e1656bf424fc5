using Rearm.Streaming.Cli.Embedded;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;
using StackExchange.Redis;

namespace Rearm.Streaming.Cli.UnitTests.Embedded;

public class EmbeddedRedisTests
{
    [Fact]
    public async Task Start_Twice_AreTwoServers()
    {
        await using var one = EmbeddedRedis.Start();
        await using var other = EmbeddedRedis.Start();
        using var oneConnection = await ConnectAsync(one);
        using var otherConnection = await ConnectAsync(other);

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
        var server = EmbeddedRedis.Start(FreePort.Next());
        using (var connection = await ConnectAsync(server))
            await connection.GetDatabase().StringSetAsync("key", "value");

        await server.DisposeAsync();
        await server.DisposeAsync();

        await using var again = EmbeddedRedis.Start(server.Port);
        using var connectionAgain = await ConnectAsync(again);
        Assert.False(await connectionAgain.GetDatabase().KeyExistsAsync("key"));
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(EmbeddedRedis server)
    {
        var patience = (int)Wait.Patience.TotalMilliseconds;
        return await ConnectionMultiplexer.ConnectAsync($"{server.Configuration},connectTimeout={patience},asyncTimeout={patience},syncTimeout={patience}");
    }
}
