using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using Microsoft.AspNetCore.Http;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.ServiceDefaults.Http;

/// <summary>
/// Gives every HTTP endpoint the same errors (<see cref="HttpErrors"/>): those that throw, and gRPC methods transcoded to JSON, which would
/// answer with a google.rpc.Status and ignore query parameters that they do not know.
/// </summary>
internal sealed class HttpErrorMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is { } transcoded)
                await TranscodeAsync(context, transcoded);
            else
                await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted && ErrorStatus.Of(e) is { } status)
        {
            ErrorStatus.AddHeaders(context.Response, e);
            await HttpErrors.Result(status.StatusCode, status.Detail).ExecuteAsync(context);
        }
    }

    private async Task TranscodeAsync(HttpContext context, GrpcJsonTranscodingMetadata method)
    {
        // It would answer in the body's encoding, too.
        if (BodyCharset.Problem(context.Request) is { } problem)
        {
            await HttpErrors.Result(StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument, problem).ExecuteAsync(context);
            return;
        }
        QueryParameters.RequireKnown(context.Request.Query, [.. method.MethodDescriptor.InputType.Fields.InDeclarationOrder().Select(f => f.Name)]);
        var (response, body) = (context.Response, context.Response.Body);
        using var buffer = new MemoryStream();
        response.Body = buffer;
        try
        {
            await next(context);
            await response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            response.Body = body;
        }
        if (response.StatusCode < StatusCodes.Status400BadRequest)
        {
            buffer.WriteByte((byte)'\n');
            await body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
            return;
        }
        var status = Last(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        var (code, message) = (status.GetProperty("code").GetInt32(), status.GetProperty("message").GetString());
        await HttpErrors.Result((StatusCode)code, message ?? "").ExecuteAsync(context);
    }

    // A stream that ends with an error has its answers before it.
    private static JsonElement Last(ReadOnlySpan<byte> documents)
    {
        var reader = new Utf8JsonReader(documents, new JsonReaderOptions { AllowMultipleValues = true });
        var last = default(JsonElement);
        while (reader.Read())
            last = JsonElement.ParseValue(ref reader);
        return last;
    }
}
