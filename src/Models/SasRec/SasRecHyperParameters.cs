using Rearm.Streaming.Models.Sequences;

namespace Rearm.Streaming.Models.SasRec;

/// <summary>Hyper-parameters of SASRec.</summary>
public sealed record SasRecHyperParameters : SequenceParameters;
