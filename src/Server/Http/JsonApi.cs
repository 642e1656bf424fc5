using System.Net.Mime;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.HttpResults;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Answers;
using Rearm.Streaming.Server.Grpc;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.Http;

/// <summary>
/// The calls whose path holds an id, as JSON over HTTP with the fields' names as recommender.proto has them. Transcoding can't take these
/// over: an id may have any character, and a transcoded path can't tell "a/b" from "a%2Fb".
/// </summary>
internal static class JsonApi
{
    private static readonly string[] Filters = ["category", "all_category", "no_category", "exclude", "only", "include_unavailable"];
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    public static void MapJson(this WebApplication app)
    {
        var limited = new LimitedCallAttribute();
        app.MapGet("/v1/users/{id}/recommendations", async (HttpContext context, Recommendations recommendations) =>
        {
            var query = new Query(
                context, ["k", "exclude_seen", "seen_type", "page_token", "context", "diversity", "explain", "not_shown", "attribute", .. Filters]);
            var request = new RecommendRequest
            {
                UserId = RawPath.Segment(context, 2),
                K = query.UInt32("k"),
                Categories = { query.All("category") },
                ExcludedItemIds = { query.All("exclude") },
                Filter = Filter(query),
                PageToken = query.Text("page_token"),
                ContextItemIds = { query.All("context") },
                Diversity = query.Number("diversity"),
                Explain = query.Bool("explain") ?? false,
                SeenTypes = { query.All("seen_type") },
                NotShown = query.Bool("not_shown") ?? false,
                Attributes = { query.All("attribute") },
            };
            if (query.Bool("exclude_seen") is { } excludeSeen)
                request.ExcludeSeen = excludeSeen;
            return Json(await recommendations.RecommendAsync(request, context.RequestAborted));
        }).WithMetadata(limited);
        app.MapGet("/v1/users/{id}/history", async (HttpContext context, Histories histories) =>
        {
            var query = new Query(context, ["k", "attribute"]);
            var request = new HistoryRequest { UserId = RawPath.Segment(context, 2), K = query.UInt32("k"), Attributes = { query.All("attribute") } };
            return Json(await histories.FindAsync(request, context.RequestAborted));
        }).WithMetadata(limited);
        app.MapGet("/v1/items/{id}/similar", async (HttpContext context, SimilarItems similar) =>
        {
            var query = new Query(context, ["k", "by", "modality", "attribute", .. Filters]);
            return Json(await similar.FindAsync(new()
            {
                ItemId = RawPath.Segment(context, 2),
                K = query.UInt32("k"),
                Categories = { query.All("category") },
                ExcludedItemIds = { query.All("exclude") },
                Filter = Filter(query),
                By = query.Text("by") switch
                {
                    "" or "model" => SimilarItemsRequest.Types.By.Model,
                    "co_occurrence" => SimilarItemsRequest.Types.By.CoOccurrence,
                    "features" => SimilarItemsRequest.Types.By.Features,
                    var by => throw new InvalidRequestException($"by: is \"{by}\"; model, co_occurrence or features is needed"),
                },
                Modality = query.Text("modality"),
                Attributes = { query.All("attribute") },
            }, context.RequestAborted));
        }).WithMetadata(limited);
        app.MapGet("/v1/popular", async (HttpContext context, ItemLists lists) =>
            Json(await lists.PopularAsync(ListRequest(context), context.RequestAborted))).WithMetadata(limited);
        app.MapGet("/v1/trending", async (HttpContext context, ItemLists lists) =>
            Json(await lists.TrendingAsync(ListRequest(context), context.RequestAborted))).WithMetadata(limited);
    }

    private static PopularRequest ListRequest(HttpContext context)
    {
        var query = new Query(context, ["k", "attribute", .. Filters]);
        return new()
        {
            K = query.UInt32("k"),
            Categories = { query.All("category") },
            ExcludedItemIds = { query.All("exclude") },
            Filter = Filter(query),
            Attributes = { query.All("attribute") },
        };
    }

    private static ItemFilter Filter(Query query) => new()
    {
        AllCategories = { query.All("all_category") },
        NoCategories = { query.All("no_category") },
        OnlyItemIds = { query.All("only") },
        IncludeUnavailable = query.Bool("include_unavailable") ?? false,
    };

    private static ContentHttpResult Json(IMessage answer) =>
        TypedResults.Content(Formatter.Format(answer) + "\n", MediaTypeNames.Application.Json, Encoding.UTF8);
}
