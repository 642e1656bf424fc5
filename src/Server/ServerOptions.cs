using System.ComponentModel.DataAnnotations;

namespace Rearm.Streaming.Server;

/// <summary>How the Server answers (configuration section "Server").</summary>
public sealed class ServerOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Server";

    /// <summary>How often Redis is asked for a new generation and for items that must not be shown, 10 ms to 1 minute.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an answer waits for the user's history before it goes out without, 10 ms to 1 minute.</summary>
    public TimeSpan HistoryTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The share of a user's vector that comes from the items touched since training: 0 (none) to 1 (all).</summary>
    [Range(0f, 1f)]
    public float RecentWeight { get; set; } = 0.3f;

    /// <summary>How many of the newest items touched since training count.</summary>
    [Range(1, 1000)]
    public int RecentItems { get; set; } = 20;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Check(nameof(PollInterval), PollInterval).Concat(Check(nameof(HistoryTimeout), HistoryTimeout));

    private static IEnumerable<ValidationResult> Check(string name, TimeSpan value)
    {
        if (value < TimeSpan.FromMilliseconds(10) || value > TimeSpan.FromMinutes(1))
            yield return new($"{Section}:{name} is {value}; 00:00:00.010 to 00:01:00 is allowed.", [name]);
    }
}
