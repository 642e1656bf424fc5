using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Contracts;
using StackExchange.Redis;

namespace Rearm.Streaming.Storage.Redis;

/// <summary>How to reach Redis (configuration section "Redis").</summary>
public sealed class RedisOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Redis";

    /// <summary>StackExchange.Redis configuration, e.g. "127.0.0.1:6379" or "redis:6379,password=...,ssl=true".</summary>
    [Required]
    public string Configuration { get; set; } = "127.0.0.1:6379";

    /// <summary>What every key begins with.</summary>
    [Required, RegularExpression("[a-zA-Z0-9._-]{1,100}")]
    public string KeyPrefix { get; set; } = RedisKeys.DefaultPrefix;

    /// <summary>How long a command may take before it fails. Raise it for a slow network or very large models.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        string? trouble = null;
        try
        {
            if (ConfigurationOptions.Parse(Configuration).EndPoints.Count == 0)
                trouble = "names no host:port";
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            trouble = $"can't be read: {e.Message}";
        }
        // Without the value: it may hold a password.
        if (trouble is not null)
            yield return new($"{Section}:{nameof(Configuration)} {trouble}. Such as \"redis:6379,password=...,ssl=true\" is needed.", [nameof(Configuration)]);
    }
}
