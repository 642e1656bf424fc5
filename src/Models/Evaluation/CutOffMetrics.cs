namespace Rearm.Streaming.Models.Evaluation;

/// <summary>Means over users with held-out items at one cut-off.</summary>
/// <param name="CutOff">How many of a ranking's first items count.</param>
/// <param name="Recall">Share of a user's held-out items among them.</param>
/// <param name="Ndcg">Normalised discounted cumulative gain.</param>
public readonly record struct CutOffMetrics(int CutOff, double Recall, double Ndcg);
