using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.Ranking;

/// <summary>The limits that recommender.proto states.</summary>
internal static class RequestRules
{
    public const uint DefaultK = 10;
    public const uint MaxK = 1000;
    public const int MaxExcluded = 10_000;
    public const int MaxCategories = 100;

    /// <exception cref="InvalidRequestException">Names the field, the value and the limit.</exception>
    public static void Check(RecommendRequest request) =>
        Require(EventRules.CheckId("user_id", request.UserId, EventRules.MaxIdBytes)
            ?? CheckFilters(request.K, request.Categories.Count, request.ExcludedItemIds.Count));

    /// <exception cref="InvalidRequestException">Names the field, the value and the limit.</exception>
    public static void Check(SimilarItemsRequest request) =>
        Require(EventRules.CheckId("item_id", request.ItemId, EventRules.MaxIdBytes)
            ?? CheckFilters(request.K, request.Categories.Count, request.ExcludedItemIds.Count));

    /// <summary>How many items to answer.</summary>
    public static int EffectiveK(uint k) => (int)(k == 0 ? DefaultK : k);

    private static Violation? CheckFilters(uint k, int categories, int excluded)
    {
        if (k > MaxK)
            return new("k", $"is {k}; at most {MaxK}");
        if (categories > MaxCategories)
            return new("categories", $"has {categories} entries; at most {MaxCategories}");
        if (excluded > MaxExcluded)
            return new("excluded_item_ids", $"has {excluded} entries; at most {MaxExcluded}");
        return null;
    }

    private static void Require(Violation? violation)
    {
        if (violation is not null)
            throw new InvalidRequestException(violation.ToString());
    }
}
