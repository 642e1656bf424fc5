using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Hosting.Redis;

/// <summary>How to reach Redis (configuration section "Redis").</summary>
public sealed class RedisOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Redis";

    /// <summary>StackExchange.Redis configuration, e.g. "127.0.0.1:6379" or "redis:6379,password=...,ssl=true".</summary>
    [Required]
    public string Configuration { get; set; } = "127.0.0.1:6379";

    /// <summary>What every key begins with.</summary>
    [Required, RegularExpression("[a-zA-Z0-9._-]{1,100}")]
    public string KeyPrefix { get; set; } = RedisKeys.DefaultPrefix;
}
