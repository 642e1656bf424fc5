namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>A modality in use.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Width">Numbers in a vector.</param>
/// <param name="Items">Available items whose vector has that width.</param>
/// <param name="OtherWidth">Available items with another width, which count as having no vector.</param>
internal readonly record struct Modality(string Name, int Width, int Items, int OtherWidth);
