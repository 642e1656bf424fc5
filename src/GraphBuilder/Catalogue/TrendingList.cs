using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Catalogue;

/// <summary>The items that have the most users lately.</summary>
internal static class TrendingList
{
    /// <summary>The first so many that may be shown, most users first; of equals the lesser id by its bytes.</summary>
    public static TrendingItems Of(ItemsPicture picture, int most)
    {
        var items = BestItems.Of(
            Math.Min(picture.Items.Count, picture.Trends.Length), most, item => picture.Trends[item] > 0 && !picture.Items[item].Hidden,
            (a, b) => picture.Trends[a] != picture.Trends[b]
                ? picture.Trends[a].CompareTo(picture.Trends[b])
                : picture.Ids[b].AsSpan().SequenceCompareTo(picture.Ids[a]));
        return new()
        {
            Version = CatalogueCodec.Version,
            ItemIds = { items.Select(i => CatalogueTable.Id(picture, i)) },
            Scores = { items.Select(i => picture.Trends[i]) },
        };
    }
}
