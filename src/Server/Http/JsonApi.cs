using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.ServiceDefaults;

namespace Rearm.Streaming.Server.Http;

/// <summary>The same answers as JSON over HTTP, with the fields' names as the .proto files have them.</summary>
internal static class JsonApi
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    public static void MapJson(this WebApplication app)
    {
        app.MapGet("/v1/users/{id}/recommendations", (HttpContext context, Recommendations recommendations) => AnswerAsync(context, async () =>
        {
            var query = new Query(context, ["k", "exclude_seen", "category", "exclude"]);
            var request = new RecommendRequest { UserId = RawPath.Segment(context, 2), K = query.UInt32("k"), Categories = { query.All("category") }, ExcludedItemIds = { query.All("exclude") } };
            if (query.Bool("exclude_seen") is { } excludeSeen)
                request.ExcludeSeen = excludeSeen;
            return await recommendations.RecommendAsync(request, context.RequestAborted);
        }));
        app.MapGet("/v1/items/{id}/similar", (HttpContext context, Recommendations recommendations) => AnswerAsync(context, async () =>
        {
            var query = new Query(context, ["k", "category", "exclude"]);
            return await recommendations.SimilarItemsAsync(
                new() { ItemId = RawPath.Segment(context, 2), K = query.UInt32("k"), Categories = { query.All("category") }, ExcludedItemIds = { query.All("exclude") } });
        }));
        app.MapGet("/v1/status", (HttpContext context, Recommendations recommendations) => AnswerAsync(context, () =>
        {
            _ = new Query(context, []);
            return Task.FromResult<IMessage>(recommendations.Status());
        }));
    }

    private static async Task AnswerAsync(HttpContext context, Func<Task<IMessage>> answer)
    {
        string json;
        try
        {
            json = Formatter.Format(await answer());
        }
        catch (RpcException e)
        {
            context.Response.StatusCode = HttpStatus(e.StatusCode);
            json = JsonSerializer.Serialize(new { error = new { code = Name(e.StatusCode), message = e.Status.Detail } });
        }
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(json + "\n", context.RequestAborted);
    }

    private static int HttpStatus(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition => StatusCodes.Status400BadRequest,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    // The gRPC specification's name, e.g. INVALID_ARGUMENT.
    private static string Name(StatusCode code) => string.Concat(code.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));

    /// <summary>The query string; a parameter nobody knows, or a value that can't be read, is an INVALID_ARGUMENT.</summary>
    private readonly struct Query
    {
        private readonly IQueryCollection _query;

        public Query(HttpContext context, string[] known)
        {
            _query = context.Request.Query;
            foreach (var name in _query.Keys)
                if (!known.Contains(name))
                    throw Invalid(name, known.Length == 0 ? "is not known here; there are no parameters" : $"is not known here; there are {string.Join(", ", known)}");
        }

        public IEnumerable<string> All(string name) => _query[name].OfType<string>();

        public uint UInt32(string name)
        {
            if (One(name) is not { } text)
                return 0;
            return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Invalid(name, $"is \"{text}\"; a whole number is needed");
        }

        public bool? Bool(string name) => One(name) switch
        {
            null => null,
            "true" => true,
            "false" => false,
            var text => throw Invalid(name, $"is \"{text}\"; true or false is needed"),
        };

        private string? One(string name)
        {
            var values = _query[name];
            return values.Count <= 1 ? values.FirstOrDefault() : throw Invalid(name, $"is given {values.Count} times; once is enough");
        }

        private static RpcException Invalid(string name, string reason) => new(new Status(StatusCode.InvalidArgument, $"{name}: {reason}"));
    }
}
