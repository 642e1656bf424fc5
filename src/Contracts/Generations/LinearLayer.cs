namespace Rearm.Streaming.Contracts.Generations;

/// <summary>y = W x + b.</summary>
/// <param name="Weight">W: outputs x inputs, row-major.</param>
/// <param name="Bias">b: outputs.</param>
public sealed record LinearLayer(float[] Weight, float[] Bias);
