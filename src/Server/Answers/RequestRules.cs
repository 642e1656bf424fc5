using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.Answers;

/// <summary>The limits that recommender.proto states.</summary>
internal static class RequestRules
{
    public const uint DefaultK = 10;
    public const uint MaxK = 1000;
    public const int MaxExcluded = 10_000;
    public const int MaxCategories = 100;
    public const int MaxContext = 100;
    public const int MaxBatch = 100;
    public const int MaxSeenTypes = 100;
    public const int MaxAttributes = EventRules.MaxEntries;

    /// <exception cref="InvalidRequestException">Names the field, the value and the limit.</exception>
    public static void Check(RecommendRequest request) =>
        Require(EventRules.CheckId("user_id", request.UserId, EventRules.MaxIdBytes)
            ?? CheckFilters(request.K, request.Categories.Count, request.ExcludedItemIds.Count, request.Filter)
            ?? CheckSeen(request.HasExcludeSeen && !request.ExcludeSeen, request.SeenTypes)
            ?? CheckAtMost("context_item_ids", request.ContextItemIds.Count, MaxContext)
            ?? CheckDiversity(request.Diversity)
            ?? CheckAttributes(request.Attributes));

    /// <exception cref="InvalidRequestException">Names the field, the value and the limit.</exception>
    public static void Check(RecommendSessionRequest request) =>
        Require((request.ItemIds.Count == 0 ? new Violation("item_ids", $"is empty; 1 to {MaxContext} items are needed") : null)
            ?? CheckAtMost("item_ids", request.ItemIds.Count, MaxContext)
            ?? CheckFilters(request.K, request.Categories.Count, request.ExcludedItemIds.Count, request.Filter)
            ?? CheckDiversity(request.Diversity)
            ?? CheckAttributes(request.Attributes));

    /// <exception cref="InvalidRequestException">Names the field, the value and the limit.</exception>
    public static void Check(RecommendAllRequest request) =>
        Require(CheckFilters(request.K, request.Categories.Count, request.ExcludedItemIds.Count, request.Filter)
            ?? CheckSeen(request.HasExcludeSeen && !request.ExcludeSeen, request.SeenTypes)
            ?? CheckAttributes(request.Attributes));

    /// <exception cref="InvalidRequestException">Names the field, the value and the limit.</exception>
    public static void Check(RecommendBatchRequest request) =>
        Require((request.Requests.Count == 0 ? new Violation("requests", $"is empty; 1 to {MaxBatch} are needed") : null)
            ?? CheckAtMost("requests", request.Requests.Count, MaxBatch));

    /// <exception cref="InvalidRequestException">Names the field, the value and the limit.</exception>
    public static void Check(PopularRequest request) =>
        Require(CheckFilters(request.K, request.Categories.Count, request.ExcludedItemIds.Count, request.Filter) ?? CheckAttributes(request.Attributes));

    /// <exception cref="InvalidRequestException">Names the field, the value and the limit.</exception>
    public static void Check(SimilarItemsRequest request) =>
        Require(EventRules.CheckId("item_id", request.ItemId, EventRules.MaxIdBytes)
            ?? CheckFilters(request.K, request.Categories.Count, request.ExcludedItemIds.Count, request.Filter)
            ?? CheckBy(request)
            ?? CheckAttributes(request.Attributes));

    /// <exception cref="InvalidRequestException">Names the field, the value and the limit.</exception>
    public static void Check(HistoryRequest request) =>
        Require(EventRules.CheckId("user_id", request.UserId, EventRules.MaxIdBytes)
            ?? CheckFilters(request.K, 0, 0, null)
            ?? CheckAttributes(request.Attributes));

    /// <summary>How many items to answer.</summary>
    public static int EffectiveK(uint k) => (int)(k == 0 ? DefaultK : k);

    private static Violation? CheckFilters(uint k, int categories, int excluded, ItemFilter? filter)
    {
        if (k > MaxK)
            return new("k", $"is {k}; at most {MaxK}");
        return CheckAtMost("categories", categories, MaxCategories)
            ?? CheckAtMost("excluded_item_ids", excluded, MaxExcluded)
            ?? CheckAtMost("filter.all_categories", filter?.AllCategories.Count ?? 0, MaxCategories)
            ?? CheckAtMost("filter.no_categories", filter?.NoCategories.Count ?? 0, MaxCategories)
            ?? CheckAtMost("filter.only_item_ids", filter?.OnlyItemIds.Count ?? 0, MaxExcluded);
    }

    // Which types there are is the GraphBuilder's configuration; one that no event has matches nothing.
    private static Violation? CheckSeen(bool showSeen, IReadOnlyList<string> types)
    {
        if (showSeen && types.Count > 0)
            return new("seen_types", $"has {types.Count} entries, but exclude_seen is false: leave one of them away");
        if (CheckAtMost("seen_types", types.Count, MaxSeenTypes) is { } tooMany)
            return tooMany;
        for (var i = 0; i < types.Count; i++)
            if (EventRules.CheckName($"seen_types[{i}]", types[i]) is { } violation)
                return violation;
        return null;
    }

    // Which ones are kept is the GraphBuilder's configuration; of a name that is not, items have nothing.
    private static Violation? CheckAttributes(IReadOnlyList<string> names)
    {
        if (CheckAtMost("attributes", names.Count, MaxAttributes) is { } tooMany)
            return tooMany;
        for (var i = 0; i < names.Count; i++)
            if (EventRules.CheckId($"attributes[{i}]", names[i], EventRules.MaxAttributeKeyBytes) is { } violation)
                return violation;
        return null;
    }

    private static Violation? CheckAtMost(string field, int count, int limit) => count > limit ? new(field, $"has {count} entries; at most {limit}") : null;

    private static Violation? CheckDiversity(float diversity) => diversity is >= 0 and <= 1 ? null : new("diversity", $"is {diversity}; 0 to 1 is needed");

    private static Violation? CheckBy(SimilarItemsRequest request) => request.By switch
    {
        SimilarItemsRequest.Types.By.Features when request.Modality.Length == 0 => new("modality", "is empty; by FEATURES needs the name of one"),
        SimilarItemsRequest.Types.By.Features => null,
        SimilarItemsRequest.Types.By.Model or SimilarItemsRequest.Types.By.CoOccurrence when request.Modality.Length == 0 => null,
        SimilarItemsRequest.Types.By.Model or SimilarItemsRequest.Types.By.CoOccurrence => new("modality", $"is \"{request.Modality}\"; it goes with by FEATURES alone"),
        var by => new("by", $"is {(int)by}; MODEL, CO_OCCURRENCE or FEATURES is needed"),
    };

    private static void Require(Violation? violation)
    {
        if (violation is not null)
            throw new InvalidRequestException(violation.ToString());
    }
}
