using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>Who may call a service (configuration section "Access"). Without keys everybody may; health, reflection and /metrics stay open.</summary>
public sealed partial class AccessOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Access";

    /// <summary>
    /// A JSON file with further keys, {"Access": {"Keys": {...}}}, that is read again within seconds of a change: so keys are added and taken back
    /// without a restart. Empty for none.
    /// </summary>
    public string KeyFile { get; set => field = value ?? ""; } = "";

    /// <summary>
    /// The keys, by the name of who has them: Hash (lower-case hex SHA-256 of the key, as `rearm key new` prints it), Operator (true: may also
    /// erase, delete, publish and train), EventsPerSecond and Burst for what an Ingestor takes, CallsPerSecond and CallBurst for what a Server answers (0: no
    /// limit; see operations).
    /// </summary>
    public Dictionary<string, AccessKeyOptions> Keys { get; set => field = value ?? []; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (KeyFile.Length > 0 && !File.Exists(KeyFile))
            yield return new($"{Section}:{nameof(KeyFile)} is \"{KeyFile}\", which does not exist. Create it, or correct the path.", [nameof(KeyFile)]);
        if (KeyFile.Length > 0 && Keys.Count == 0)
            yield return new($"{Section}:{nameof(KeyFile)} is \"{KeyFile}\", but there are no keys in it that can be read; {{\"Access\": {{\"Keys\": {{...}}}}}} is needed.", [nameof(KeyFile)]);
        foreach (var (name, key) in Keys)
        {
            if (!NamePattern().IsMatch(name))
                yield return new($"{Section}:{nameof(Keys)}:{name}: a name is 1 to 64 of a-z, A-Z, 0-9 and '_', which a shell can export.", [nameof(Keys)]);
            if (!HashPattern().IsMatch(key.Hash))
                yield return new($"{Section}:{nameof(Keys)}:{name}:{nameof(key.Hash)} is not 64 lower-case hex digits; `rearm key new {name}` prints a key and its hash.", [nameof(Keys)]);
            if (key.EventsPerSecond < 0)
                yield return new($"{Section}:{nameof(Keys)}:{name}:{nameof(key.EventsPerSecond)} is {key.EventsPerSecond}; 0 (no limit) or more is needed.", [nameof(Keys)]);
            if (key.Burst < AccessKeyOptions.SmallestBurst)
                yield return new($"{Section}:{nameof(Keys)}:{name}:{nameof(key.Burst)} is {key.Burst}; {AccessKeyOptions.SmallestBurst} or more is needed.", [nameof(Keys)]);
            if (key.CallsPerSecond < 0)
                yield return new(
                    $"{Section}:{nameof(Keys)}:{name}:{nameof(key.CallsPerSecond)} is {key.CallsPerSecond}; 0 (no limit) or more is needed.", [nameof(Keys)]);
            var least = Math.Max(key.CallsPerSecond, AccessKeyOptions.SmallestCallBurst);
            if (key.EffectiveCallBurst < least)
                yield return new(
                    $"{Section}:{nameof(Keys)}:{name}:{nameof(key.CallBurst)} is {key.CallBurst}; 0 (as many as in a second) or at least {least} is needed.",
                    [nameof(Keys)]);
        }
        if (Keys.Values.GroupBy(key => key.Hash).FirstOrDefault(same => same.Count() > 1) is { } twice)
            yield return new($"{Section}:{nameof(Keys)}: {string.Join(" and ", Keys.Where(k => k.Value.Hash == twice.Key).Select(k => k.Key))} are the same key; each needs its own.", [nameof(Keys)]);
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_]{1,64}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex HashPattern();
}
