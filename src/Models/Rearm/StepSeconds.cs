namespace Rearm.Streaming.Models.Rearm;

/// <summary>How long a training step took, by phase.</summary>
/// <param name="Sampling">Choosing the batch's triples.</param>
/// <param name="Forward">The forward pass over all users and items.</param>
/// <param name="Losses">The losses of the batch.</param>
/// <param name="Backward">The gradients of all parameters.</param>
/// <param name="Optimizer">Moving the parameters, and giving back the step's memory.</param>
public readonly record struct StepSeconds(double Sampling, double Forward, double Losses, double Backward, double Optimizer)
{
    /// <summary>The whole step.</summary>
    public double Total => Sampling + Forward + Losses + Backward + Optimizer;
}
