namespace Rearm.Streaming.Storage.Generations;

/// <summary>Rows found in a generation, or taken out of it.</summary>
/// <param name="Generation">Its number.</param>
/// <param name="Rows">How many, at least 1.</param>
public sealed record GenerationRows(long Generation, int Rows);
