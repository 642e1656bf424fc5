using System.Net.Mime;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.HttpResults;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.ServiceDefaults;

namespace Rearm.Streaming.Server.Http;

/// <summary>
/// The calls whose path holds an id, as JSON over HTTP with the fields' names as recommender.proto has them. Transcoding can't take these
/// over: an id may have any character, and a transcoded path can't tell "a/b" from "a%2Fb".
/// </summary>
internal static class JsonApi
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    public static void MapJson(this WebApplication app)
    {
        app.MapGet("/v1/users/{id}/recommendations", async (HttpContext context, Recommendations recommendations) =>
        {
            var query = new Query(context, "k", "exclude_seen", "category", "exclude");
            var request = new RecommendRequest
            {
                UserId = RawPath.Segment(context, 2),
                K = query.UInt32("k"),
                Categories = { query.All("category") },
                ExcludedItemIds = { query.All("exclude") },
            };
            if (query.Bool("exclude_seen") is { } excludeSeen)
                request.ExcludeSeen = excludeSeen;
            return Json(await recommendations.RecommendAsync(request, context.RequestAborted));
        });
        app.MapGet("/v1/items/{id}/similar", async (HttpContext context, Recommendations recommendations) =>
        {
            var query = new Query(context, "k", "category", "exclude");
            return Json(await recommendations.SimilarItemsAsync(new()
            {
                ItemId = RawPath.Segment(context, 2),
                K = query.UInt32("k"),
                Categories = { query.All("category") },
                ExcludedItemIds = { query.All("exclude") },
            }));
        });
    }

    private static ContentHttpResult Json(IMessage answer) =>
        TypedResults.Content(Formatter.Format(answer) + "\n", MediaTypeNames.Application.Json, Encoding.UTF8);
}
