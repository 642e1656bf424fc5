namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>The request breaks a documented limit; sending it again would not help.</summary>
/// <param name="message">Names the field, the value and the limit.</param>
public sealed class InvalidRequestException(string message) : Exception(message);
