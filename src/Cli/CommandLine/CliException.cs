using Grpc.Core;
using Rearm.Streaming.Client;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>An expected failure: the message alone tells the user what is wrong and what to do.</summary>
internal sealed class CliException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Something else's failure, with what to do about it where its own message does not say that.</summary>
    /// <param name="e">The failure.</param>
    /// <param name="message">In place of its own message.</param>
    public static CliException From(Exception e, string? message = null)
    {
        message ??= e.Message;
        var advice = e switch
        {
            ServiceException service => Advice(service.StatusCode),
            RpcException call => Advice(call.StatusCode),
            IOException or UnauthorizedAccessException => "See whether this may be read or written and there is room for it, or name another place.",
            DllNotFoundException => "rearm doctor says what this machine lacks.",
            _ => "",
        };
        return new(advice.Length == 0 ? message : $"{message.TrimEnd()}{(message.TrimEnd().EndsWith('.') ? "" : ".")} {advice}", e);
    }

    private static string Advice(StatusCode status) => status switch
    {
        StatusCode.Unavailable or StatusCode.DeadlineExceeded => "See whether it runs at this address: its /readyz says what it lacks.",
        StatusCode.Unauthenticated => "Give a key that it knows with --api-key or REARM_API_KEY.",
        StatusCode.PermissionDenied => "Give an operator's key with --api-key or REARM_API_KEY.",
        StatusCode.Unimplemented => "Is this the address of that service, and of this release?",
        _ => "",
    };
}
