namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>What the request names does not exist.</summary>
/// <param name="message">Names what was looked up, and where.</param>
public sealed class NotFoundException(string message) : Exception(message);
