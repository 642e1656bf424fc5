namespace Rearm.Streaming.Models.Rearm.Weights;

/// <summary>What each modality counts for where their graphs are mixed: the first has a weight of its own, the others share the rest equally.</summary>
internal static class ModalityShare
{
    /// <param name="place">Of the modality, in the model's order.</param>
    /// <param name="count">How many there are; one alone has all the weight.</param>
    /// <param name="first">The first one's weight, 0 to 1.</param>
    internal static double Of(int place, int count, double first) => count == 1 ? 1 : place == 0 ? first : (1 - first) / (count - 1);
}
