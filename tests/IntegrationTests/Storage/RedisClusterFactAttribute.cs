using Rearm.Streaming.Testing.Redis;

namespace Rearm.Streaming.IntegrationTests.Storage;

/// <summary>A test that needs three redis-servers.</summary>
internal sealed class RedisClusterFactAttribute : FactAttribute
{
    public RedisClusterFactAttribute()
    {
        if (!RedisCluster.IsInstalled)
            Skip = "redis-server is missing. Run: apt-get install redis-server";
    }
}
