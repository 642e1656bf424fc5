namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>The request can't be served for the moment: a dependency does not answer, or the service is stopping. Safe to retry.</summary>
/// <param name="message">Names the dependency and what to do.</param>
/// <param name="innerException">What went wrong.</param>
public sealed class UnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
