using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>The generations that are to be served, as far as they could be loaded.</summary>
/// <param name="Generation">The one that everybody gets, or the control's while an experiment runs; null: none yet.</param>
/// <param name="Problem">Why it is not the one it should be; empty if it is.</param>
/// <param name="IsPinned">Whether it is pinned.</param>
/// <param name="Experiment">The experiment, if both of its generations are there; null: everybody gets the same.</param>
/// <param name="Treatment">What its treatment gets.</param>
internal sealed record ServedGenerations(
    LoadedGeneration? Generation, string Problem, bool IsPinned = false, Experiment? Experiment = null, LoadedGeneration? Treatment = null);
