namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>One key that a service knows.</summary>
public sealed class AccessKeyOptions
{
    /// <summary>The least that <see cref="Burst"/> may be: the Ingestor takes up lines of NDJSON in batches of this size.</summary>
    public const int SmallestBurst = 1000;

    /// <summary>The least that <see cref="CallBurst"/> may be: as many requests as a call to the Server may hold.</summary>
    public const int SmallestCallBurst = 100;

    /// <summary>Lower-case hex SHA-256 of the key. The key itself is kept by the caller alone.</summary>
    public string Hash { get; set => field = value ?? ""; } = "";

    /// <summary>Whether it may make operators' calls: erase users, delete items, publish snapshots, train.</summary>
    public bool Operator { get; set; }

    /// <summary>Events that the caller may send per second, on average; 0 for no limit.</summary>
    public int EventsPerSecond { get; set; }

    /// <summary>Events that the caller may send at once after a pause, and so the most in one request.</summary>
    public int Burst { get; set; } = 10_000;

    /// <summary>Calls for answers that the caller may make of a Server per second, on average; 0 for no limit. A batch counts its requests.</summary>
    public int CallsPerSecond { get; set; }

    /// <summary>Calls that the caller may make at once after a pause; 0 for as many as in a second, and <see cref="SmallestCallBurst"/> at least.</summary>
    public int CallBurst { get; set; }

    /// <summary>What <see cref="CallBurst"/> comes to.</summary>
    internal int EffectiveCallBurst => CallBurst == 0 ? Math.Max(CallsPerSecond, SmallestCallBurst) : CallBurst;
}
