namespace Rearm.Streaming.Cli.Doctor;

/// <summary>How a finding bears on running the demo.</summary>
internal enum Condition
{
    /// <summary>There and fit.</summary>
    Good,

    /// <summary>Not there, or not at its best; the demo runs without.</summary>
    Optional,

    /// <summary>The demo can't run like this.</summary>
    Bad,
}

/// <summary>What a probe found.</summary>
/// <param name="Condition">Whether it will do.</param>
/// <param name="Detail">What is there, or what is not.</param>
/// <param name="Remedy">What to do about it; empty if nothing.</param>
internal sealed record Finding(Condition Condition, string Detail, string Remedy = "")
{
    public static Finding Good(string detail) => new(Condition.Good, detail);

    public static Finding Optional(string detail, string remedy) => new(Condition.Optional, detail, remedy);

    public static Finding Bad(string detail, string remedy) => new(Condition.Bad, detail, remedy);
}
