using Rearm.Streaming.Storage.Redis;

namespace Rearm.Streaming.Storage.UnitTests.Redis;

public sealed class RedisConnectionTests
{
    [Fact]
    public void Database_FirstAttemptFailed_TriesAgain()
    {
        var options = new RedisOptions { Configuration = "127.0.0.1:1,nonsense=1" };
        using var redis = new RedisConnection(options);
        Assert.ThrowsAny<ArgumentException>(() => redis.Database);

        options.Configuration = "127.0.0.1:1,connectTimeout=100";

        Assert.NotNull(redis.Database);
    }

    [Fact]
    public void Connection_UserPasswordAndTls_GoOverTheConfiguration()
    {
        var options = new RedisOptions { Configuration = "redis:6380,password=old,connectTimeout=700", User = "rearm", Password = "secret,with=signs", Ssl = true };

        var connection = options.Connection();

        Assert.Equal(("rearm", "secret,with=signs", true, 700), (connection.User, connection.Password, connection.Ssl, connection.ConnectTimeout));
        Assert.Empty(options.Validate(new(options)));
    }

    [Fact]
    public void Connection_NothingSet_IsTheConfigurations()
    {
        var connection = new RedisOptions { Configuration = "redis:6380,user=u,password=p,ssl=true" }.Connection();

        Assert.Equal(("u", "p", true), (connection.User, connection.Password, connection.Ssl));
    }

    [Theory]
    [InlineData("u", "", "", "Redis:Password")]
    [InlineData("", "", "no-such.pem", "Redis:SslCaLocation")]
    public void Validate_SecurityThatDoesNotFit_IsReportedByName(string user, string password, string ca, string name)
    {
        var options = new RedisOptions { User = user, Password = password, SslCaLocation = ca };

        Assert.Contains(name, Assert.Single(options.Validate(new(options))).ErrorMessage);
    }

    [Fact]
    public void Validate_MalformedConfiguration_IsReportedWithoutThePassword()
    {
        var options = new RedisOptions { Configuration = "redis:6379,password=secret,connectTimeout=soon" };

        var trouble = Assert.Single(options.Validate(new(options)));

        Assert.DoesNotContain("secret", trouble.ErrorMessage);
    }
}
