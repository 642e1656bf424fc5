using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.ServiceDefaults.Http;

/// <summary>The one form in which errors go out over HTTP: <c>{"error":{"code":"INVALID_ARGUMENT","message":"..."}}</c>.</summary>
public static class HttpErrors
{
    // Messages quote what callers sent; nothing here is ever put into a page.
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An error with the HTTP status that belongs to its gRPC status.</summary>
    public static ContentHttpResult Result(StatusCode code, string message) => Result(HttpStatus(code), code, message);

    /// <summary>An error with an HTTP status of its own.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The gRPC status, given by name.</param>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="beside">Becomes the body, with the error added to it; null for nothing but the error.</param>
    public static ContentHttpResult Result(int status, StatusCode code, string message, JsonObject? beside = null)
    {
        var body = beside ?? [];
        body["error"] = new JsonObject { ["code"] = ErrorStatus.NameOf(code), ["message"] = message };
        return TypedResults.Content(body.ToJsonString(Readable) + "\n", MediaTypeNames.Application.Json, Encoding.UTF8, status);
    }

    private static int HttpStatus(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
