namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>The request is valid but can't be served in the present state; trying again helps only once that has changed.</summary>
/// <param name="message">Names what is missing and how to get it.</param>
public sealed class PreconditionException(string message) : Exception(message);
