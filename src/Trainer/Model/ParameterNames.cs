namespace Rearm.Streaming.Trainer.Model;

/// <summary>Names of parameters whose rows belong to users or items, as a warm start must know.</summary>
internal static class ParameterNames
{
    internal const string UserIds = "user_ids";
    internal const string ItemIds = "item_ids";

    private const string UserFeatures = ".user_features";
    private const string ItemFeatures = ".item_features";

    // A module's name may not hold a dot; a modality's may.
    internal static string Projection(string modality) => $"projection:{modality.Replace('.', ':')}";

    internal static bool IsPerUser(string name) => name == UserIds || name.EndsWith(UserFeatures, StringComparison.Ordinal);

    internal static bool IsPerItem(string name) => name == ItemIds || name.EndsWith(ItemFeatures, StringComparison.Ordinal);
}
