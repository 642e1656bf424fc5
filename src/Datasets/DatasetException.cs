namespace Rearm.Streaming.Datasets;

/// <summary>A data set that can't be read: the message names the file, the place in it and what was found.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>An error that names the file, the place and the value.</summary>
    public DatasetException(string message) : base(message) { }

    /// <summary>An error that names the file, the place and the value.</summary>
    public DatasetException(string message, Exception innerException) : base(message, innerException) { }
}
