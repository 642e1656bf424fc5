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

    /// <summary>The user to log in as (Redis's ACL); empty for the default user, or what <see cref="Configuration"/> says.</summary>
    public string User { get; set; } = "";

    /// <summary>The password; empty for none, or what <see cref="Configuration"/> says. Better in the environment than on a command line.</summary>
    public string Password { get; set; } = "";

    /// <summary>Whether to talk to Redis by TLS.</summary>
    public bool Ssl { get; set; }

    /// <summary>A PEM file of the authority that signs Redis's certificate; empty for those the system trusts.</summary>
    public string SslCaLocation { get; set; } = "";

    /// <summary>What every key begins with.</summary>
    [Required, RegularExpression("[a-zA-Z0-9._-]{1,100}")]
    public string KeyPrefix { get; set; } = RedisKeys.DefaultPrefix;

    /// <summary>How long a command may take before it fails. Raise it for a slow network or very large models.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>All of these, as the client takes them.</summary>
    internal ConfigurationOptions Connection()
    {
        var connection = ConfigurationOptions.Parse(Configuration);
        if (User.Length > 0)
            connection.User = User;
        if (Password.Length > 0)
            connection.Password = Password;
        if (Ssl)
            connection.Ssl = true;
        if (SslCaLocation.Length > 0)
            connection.TrustIssuer(SslCaLocation);
        return connection;
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (User.Length > 0 && Password.Length == 0)
            yield return new($"{Section}:{nameof(User)} is set; {Section}:{nameof(Password)} is needed as well.", [nameof(Password)]);
        if (SslCaLocation.Length > 0 && !File.Exists(SslCaLocation))
            yield return new($"{Section}:{nameof(SslCaLocation)} is \"{SslCaLocation}\", which does not exist.", [nameof(SslCaLocation)]);
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
