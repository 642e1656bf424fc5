namespace Rearm.Streaming.Models.Training;

/// <summary>Triples side by side: the user touched the positive and not the negative.</summary>
internal readonly record struct TripleBatch(ReadOnlyMemory<int> Users, ReadOnlyMemory<int> Positives, ReadOnlyMemory<int> Negatives);
