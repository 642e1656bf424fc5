namespace Rearm.Streaming.Ingestor.Http;

/// <summary>A body holds more than one request may.</summary>
internal sealed class BodyTooLargeException(string message) : Exception(message);
