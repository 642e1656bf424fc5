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
    public void Validate_MalformedConfiguration_IsReportedWithoutThePassword()
    {
        var options = new RedisOptions { Configuration = "redis:6379,password=secret,connectTimeout=soon" };

        var trouble = Assert.Single(options.Validate(new(options)));

        Assert.DoesNotContain("secret", trouble.ErrorMessage);
    }
}
