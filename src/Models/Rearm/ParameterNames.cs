using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>Names of parameters whose rows belong to users or items, as a warm start must know.</summary>
internal static class ParameterNames
{
    internal const string UserIds = "user_ids";
    internal const string ItemIds = "item_ids";

    private const string UserFeatures = ".user_features";
    private const string ItemFeatures = ".item_features";

    internal static string Projection(string modality) => ModuleNames.Of("projection", modality);

    internal static ParameterRows RowsOf(string name) =>
        name == UserIds || name.EndsWith(UserFeatures, StringComparison.Ordinal) ? ParameterRows.Users
        : name == ItemIds || name.EndsWith(ItemFeatures, StringComparison.Ordinal) ? ParameterRows.Items
        : ParameterRows.Shared;
}
