namespace Rearm.Streaming.Ingestor.Http;

/// <summary>A body has more in it than one request may.</summary>
internal sealed class BodyTooLargeException(string message) : Exception(message);
