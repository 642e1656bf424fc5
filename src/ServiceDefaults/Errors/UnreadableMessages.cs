using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Rearm.Streaming.ServiceDefaults.Errors;

/// <summary>
/// Gives INVALID_ARGUMENT to gRPC calls whose message can't be read. The framework reads it before any interceptor runs and says UNKNOWN of what is no
/// message, or INTERNAL of what is around it: both stand for a fault of ours and tell a caller nothing.
/// </summary>
internal sealed class UnreadableMessages(RequestDelegate next)
{
    private static readonly string[] Faults =
        [.. new[] { StatusCode.Unknown, StatusCode.Internal }.Select(code => ((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture))];

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is not { } method || !GrpcRefusal.Fits(context.Request))
        {
            await next(context);
            return;
        }
        var reading = new Reading();
        context.Features.Set(reading);
        await next(context);
        // A response of nothing but a status has it among its headers. One that HTTP refuses, as on the wrong port, is about no message.
        if (!reading.HasEnded && context.Response is { HasStarted: false, StatusCode: StatusCodes.Status200OK } response
            && Faults.Contains(response.Headers["grpc-status"].ToString()))
            GrpcRefusal.Write(context.Response, new(StatusCode.InvalidArgument, $"The message is no request that {method.Method.FullName} can read."), []);
    }

    /// <summary>Says that the call's message has been read: what happens from here on is not about its form.</summary>
    public static void End(ServerCallContext context)
    {
        if (context.GetHttpContext().Features.Get<Reading>() is { } reading)
            reading.HasEnded = true;
    }

    private sealed class Reading
    {
        public bool HasEnded { get; set; }
    }
}
