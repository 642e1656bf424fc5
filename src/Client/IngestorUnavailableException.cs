namespace Rearm.Streaming.Client;

/// <summary>The Ingestor took nothing for as long as a sender was willing to try.</summary>
public sealed class IngestorUnavailableException : Exception
{
    /// <summary>An error that names the address, the time and the last trouble.</summary>
    public IngestorUnavailableException(string message, Exception? innerException) : base(message, innerException) { }
}
