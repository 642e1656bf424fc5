namespace Rearm.Streaming.Models.Training;

/// <summary>What AdamW knows about one parameter.</summary>
/// <param name="Name">The parameter's.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="Mean">Running mean of the gradient, row-major like the parameter.</param>
/// <param name="Square">Running mean of its square.</param>
public sealed record ParameterMoments(string Name, int Steps, float[] Mean, float[] Square);
