namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>The items' raw vectors in one modality.</summary>
/// <param name="Name">E.g. "image".</param>
/// <param name="Dimension">Width of a vector.</param>
/// <param name="Values">Row-major, items x <paramref name="Dimension"/>; zeros where an item has no vector.</param>
/// <param name="Present">Whether each item has a vector.</param>
public sealed record ModalityFeatures(string Name, int Dimension, float[] Values, bool[] Present)
{
    /// <summary>The vector of <paramref name="item"/>.</summary>
    public ReadOnlySpan<float> Row(int item) => Values.AsSpan(item * Dimension, Dimension);
}
