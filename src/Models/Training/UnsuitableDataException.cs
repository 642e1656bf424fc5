namespace Rearm.Streaming.Models.Training;

/// <summary>A model that can't learn from this data, whatever is set; the message says why, and what to choose instead.</summary>
public sealed class UnsuitableDataException : ArgumentException
{
    /// <summary>An error that says what the data lacks, or has too much of.</summary>
    public UnsuitableDataException(string message) : base(message) { }
}
