namespace Rearm.Streaming.Models.Kernels;

/// <summary>A step of AdamW, as numbers that all parameters have in common.</summary>
/// <param name="Keep">What decay leaves of a parameter: 1 - rate * decay.</param>
/// <param name="Rate">Step size over 1 - beta1^t.</param>
/// <param name="Beta1">Of the running mean.</param>
/// <param name="Beta2">Of the running mean of squares.</param>
/// <param name="SquareCorrection">1 / sqrt(1 - beta2^t).</param>
/// <param name="Epsilon">Added to the root.</param>
internal readonly record struct AdamWStep(float Keep, float Rate, float Beta1, float Beta2, float SquareCorrection, float Epsilon);
