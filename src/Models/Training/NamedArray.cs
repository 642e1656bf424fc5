namespace Rearm.Streaming.Models.Training;

/// <summary>One parameter.</summary>
/// <param name="Name">As the module registers it.</param>
/// <param name="Shape">Its size in each dimension.</param>
/// <param name="Values">Row-major.</param>
public sealed record NamedArray(string Name, long[] Shape, float[] Values);
