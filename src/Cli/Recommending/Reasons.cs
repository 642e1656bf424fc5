using System.Globalization;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Recommending;

/// <summary>Why an item was recommended, in words.</summary>
internal static class Reasons
{
    /// <summary>The strongest reasons; empty if there is none.</summary>
    public static string Of(ScoredItem item) => string.Join("; ", item.Evidence.GroupBy(e => (e.Kind, e.Modality)).Select(kind => Text(kind.First())));

    private static string Text(Evidence evidence) => evidence.Kind switch
    {
        Evidence.Types.Kind.CoOccurrence => string.Create(CultureInfo.InvariantCulture, $"{evidence.Value:0} users touched it and {evidence.ItemId}"),
        Evidence.Types.Kind.SimilarFeatures when evidence.Modality.Length > 0 => string.Create(CultureInfo.InvariantCulture, $"{evidence.Modality} like {evidence.ItemId} ({evidence.Value:0.00})"),
        Evidence.Types.Kind.SimilarFeatures => string.Create(CultureInfo.InvariantCulture, $"new, and like {evidence.ItemId} ({evidence.Value:0.00})"),
        Evidence.Types.Kind.SimilarVector => string.Create(CultureInfo.InvariantCulture, $"liked by whom {evidence.ItemId} is liked by ({evidence.Value:0.00})"),
        Evidence.Types.Kind.Popular => string.Create(CultureInfo.InvariantCulture, $"{evidence.Value:0} users touched it"),
        _ => "",
    };
}
