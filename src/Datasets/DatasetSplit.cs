namespace Rearm.Streaming.Datasets;

/// <summary>The interactions of one split, in the file's order; a pair may occur more than once.</summary>
/// <param name="Users">User of each row, dense from 0.</param>
/// <param name="Items">Item of each row, dense from 0.</param>
/// <param name="Times">Unix milliseconds of each row, or null if the data has no times.</param>
/// <param name="Types">What happened in each row ("click", ...), or null if the data does not say.</param>
public sealed record DatasetSplit(int[] Users, int[] Items, long[]? Times = null, string[]? Types = null)
{
    /// <summary>A split without rows.</summary>
    public static DatasetSplit Empty { get; } = new([], []);

    /// <summary>Number of rows.</summary>
    public int Count => Users.Length;
}
