namespace Rearm.Streaming.Cli.Doctor;

/// <summary>What a probe found.</summary>
/// <param name="Condition">What it means for running the demo.</param>
/// <param name="Detail">What is there, or what is missing.</param>
/// <param name="Remedy">What to do about it; empty if there is nothing to do.</param>
internal sealed record Finding(Condition Condition, string Detail, string Remedy = "")
{
    public static Finding Good(string detail) => new(Condition.Good, detail);

    public static Finding Optional(string detail, string remedy) => new(Condition.Optional, detail, remedy);

    public static Finding Bad(string detail, string remedy) => new(Condition.Bad, detail, remedy);
}
