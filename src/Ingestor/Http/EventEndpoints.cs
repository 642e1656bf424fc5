using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Ingestor.Publishing;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.ServiceDefaults.Http;
using Status = Rearm.Streaming.Contracts.V1.EventResult.Types.Status;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>
/// The HTTP/JSON side: POST /v1/interactions and /v1/items (one object, an array, or NDJSON), DELETE /v1/items/{id} and /v1/users/{id}.
/// 200: at least one event was accepted, see the results; 400: none was, because they all break a rule or the body is not JSON; 503: the broker
/// took none; 413 or 429: the body is too large, or its events are too many for the caller's key, and the results hold what was accepted before.
/// </summary>
internal static class EventEndpoints
{
    private const string NdjsonType = "application/x-ndjson";

    // Lines of NDJSON that are produced as one batch.
    private const int LinesPerBatch = 1000;

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));

    public static void MapEventEndpoints(this WebApplication app)
    {
        var json = app.Services.GetRequiredService<JsonEvents>();
        var v1 = app.MapGroup("/v1");
        v1.MapPost("/interactions", (HttpRequest request, EventIntake intake, IOptions<IngestorOptions> options) =>
            PostAsync(request, json.Interaction, intake, options.Value));
        v1.MapPost("/items", (HttpRequest request, EventIntake intake, IOptions<IngestorOptions> options) =>
            PostAsync(request, json.Item, intake, options.Value));
        v1.MapDelete("/items/{id}", (HttpContext context, EventIntake intake) =>
            SendAsync(json.ItemDeletion(RawPath.Segment(context, 2), EventId(context.Request)), context, intake));
        v1.MapDelete("/users/{id}", (HttpContext context, EventIntake intake) =>
            SendAsync(json.UserErasure(RawPath.Segment(context, 2), EventId(context.Request)), context, intake));
    }

    private static async Task<ContentHttpResult> PostAsync(HttpRequest request, Func<JsonElement, Event> parse, EventIntake intake, IngestorOptions options)
    {
        QueryParameters.RequireKnown(request.Query, []);
        var (context, stop) = (request.HttpContext, request.HttpContext.RequestAborted);
        var sent = new SentEvents(intake, AccessCaller.Of(context));
        try
        {
            var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType.Value : null;
            if (BodyCharset.Problem(request) is { } problem)
                return HttpErrors.Result(StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument, problem);
            var isNdjson = string.Equals(type, NdjsonType, StringComparison.OrdinalIgnoreCase);
            if (!isNdjson && !string.Equals(type, MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase))
                return HttpErrors.Result(
                    StatusCodes.Status415UnsupportedMediaType, StatusCode.InvalidArgument,
                    $"The content type is \"{request.ContentType}\"; {MediaTypeNames.Application.Json} or {NdjsonType} is needed.");
            if (isNdjson)
                await foreach (var lines in EventBody.ReadNdjsonAsync(request.BodyReader, stop).Chunk(LinesPerBatch).WithCancellation(stop))
                    await SendAsync(lines, parse, sent, stop);
            else
                await SendAsync(await EventBody.ReadJsonAsync(request.Body, options.MaxBatch, stop), parse, sent, stop);
            return Answer(sent, context.Response);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Beside(sent, StatusCodes.Status413PayloadTooLarge, $"The body is larger than {options.MaxRequestBytes} bytes; send it in parts.");
        }
        catch (BodyTooLargeException e)
        {
            return Beside(sent, StatusCodes.Status413PayloadTooLarge, e.Message);
        }
        catch (LimitException e)
        {
            ErrorStatus.AddHeaders(context.Response, e);
            return Beside(sent, StatusCodes.Status429TooManyRequests, e.Message);
        }
    }

    private static async Task<ContentHttpResult> SendAsync(Event @event, HttpContext context, EventIntake intake)
    {
        var sent = new SentEvents(intake, AccessCaller.Of(context));
        sent.Response.Results.AddRange(await sent.SendAsync([@event], context.RequestAborted));
        return Answer(sent, context.Response);
    }

    private static async Task SendAsync(
        IReadOnlyList<BodyEvent> parts, Func<JsonElement, Event> parse, SentEvents sent, CancellationToken cancellationToken)
    {
        var results = new EventResult[parts.Count];
        var events = new List<Event>(parts.Count);
        var places = new List<int>(parts.Count);
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Problem is { } problem)
            {
                results[i] = new() { Status = Status.Rejected, Field = parts[i].Place, Reason = $"is not JSON: {problem}" };
                continue;
            }
            try
            {
                events.Add(parse(parts[i].Json));
                places.Add(i);
            }
            catch (EventFormatException e)
            {
                results[i] = new() { EventId = EventIdOf(parts[i].Json), Status = Status.Rejected, Field = e.Field, Reason = $"{e.Reason} ({parts[i].Place})" };
            }
        }
        foreach (var result in results)
            if (result is not null)
                sent.Rejected(result.Field);
        if (events.Count > 0)
        {
            var answers = await sent.SendAsync(events, cancellationToken);
            for (var i = 0; i < places.Count; i++)
                results[places[i]] = answers[i];
        }
        sent.Response.Results.AddRange(results);
    }

    private static string? EventId(HttpRequest request)
    {
        QueryParameters.RequireKnown(request.Query, ["event_id"]);
        return request.Query["event_id"];
    }

    // So that the sender finds the event, though it is none.
    private static string EventIdOf(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.Object && json.TryGetProperty("event_id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    private static ContentHttpResult Answer(SentEvents sent, HttpResponse http)
    {
        var results = sent.Response.Results;
        if (results.Count == 0)
            throw new InvalidRequestException("There are no events in the body.");
        var status = StatusCodes.Status400BadRequest;
        if (results.Any(r => r.Status == Status.Accepted))
            status = StatusCodes.Status200OK;
        else if (sent.Error is { } error)
        {
            status = error is LimitException ? StatusCodes.Status429TooManyRequests : StatusCodes.Status503ServiceUnavailable;
            ErrorStatus.AddHeaders(http, error);
        }
        return TypedResults.Content(Formatter.Format(sent.Response) + "\n", MediaTypeNames.Application.Json, Encoding.UTF8, status);
    }

    // What came before the error may be in Kafka already, so its results go out beside the error.
    private static ContentHttpResult Beside(SentEvents sent, int status, string message)
    {
        var results = sent.Response.Results.Count == 0 ? null : JsonNode.Parse(Formatter.Format(sent.Response))!.AsObject();
        return HttpErrors.Result(status, StatusCode.ResourceExhausted, message, results);
    }
}
