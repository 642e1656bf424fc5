using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Trainer.Gate;

/// <summary>What of the held-out interactions training may stop by, and what a new generation is compared with the served one on.</summary>
/// <param name="Validation">Training may look at these: it stops by them.</param>
/// <param name="Measured">Nobody looks at these before the comparison; empty if there will be none.</param>
/// <param name="Served">The generation to compare with; null if there will be no comparison.</param>
/// <param name="Answer">What is known before: the generation served, and why nothing can be measured.</param>
internal sealed record GatePlan(
    IReadOnlyCollection<(int User, int Item)> Validation, IReadOnlyCollection<(int User, int Item)> Measured, ServedModel? Served, QualityGate Answer)
{
    /// <summary>What tells it from other plans for the same snapshot: a run goes on only with the same one.</summary>
    internal string Identity => Served is null ? "" : $"{Answer.Served}:{Measured.Count}";
}
