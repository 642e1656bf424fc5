using System.Globalization;
using Grpc.Core;

namespace Rearm.Streaming.Client;

/// <summary>When a service that is asked for too much says to try again.</summary>
internal static class RetryHint
{
    /// <summary>How long to wait, at least; null if the service says nothing, because waiting would not help.</summary>
    public static TimeSpan? Of(RpcException error)
    {
        if (error.StatusCode != StatusCode.ResourceExhausted)
            return null;
        if (Number("grpc-retry-pushback-ms") is { } milliseconds)
            return TimeSpan.FromMilliseconds(milliseconds);
        return Number("retry-after") is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

        int? Number(string name) =>
            int.TryParse(error.Trailers.GetValue(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
