namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>The caller's API key does not allow what is asked for.</summary>
/// <param name="message">Names the key and what it would need.</param>
public sealed class PermissionException(string message) : Exception(message);
