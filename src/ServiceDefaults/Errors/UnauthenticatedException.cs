namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>The caller has shown no API key, or none that is known.</summary>
/// <param name="message">What is missing and how to give it.</param>
public sealed class UnauthenticatedException(string message) : Exception(message);
