using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>An experiment as it is being served.</summary>
/// <param name="Experiment">What it is.</param>
/// <param name="Users">Who is in the treatment.</param>
/// <param name="Treatment">What they are answered from.</param>
internal sealed record RunningSplit(Experiment Experiment, ExperimentSplit Users, ServingState Treatment);
