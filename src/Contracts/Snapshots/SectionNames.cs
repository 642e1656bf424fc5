namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>The names and element types of a snapshot's sections, and what names begin or end with.</summary>
internal static class SectionNames
{
    public const string UserIds = "user_ids";
    public const string ItemIds = "item_ids";
    public const string Categories = "categories";
    public const string Available = "available";
    public const string Interactions = "interactions";
    public const string InteractionItems = "interactions.items";
    public const string InteractionTimes = "interactions.times";
    public const string InteractionWeights = "interactions.weights";
    public const string UserCooccurrence = "user_cooccurrence";
    public const string ItemCooccurrence = "item_cooccurrence";

    public const string Features = "features.";
    public const string UserInterest = "user_interest.";
    public const string ItemSemantic = "item_semantic.";

    public const string Counts = ".counts";
    public const string Columns = ".columns";
    public const string Values = ".values";

    /// <summary>What says who touched what.</summary>
    public static readonly string[] OfPairs = [UserIds, ItemIds, Interactions + Counts, InteractionItems];

    public const string Utf8 = "utf8";
    public const string Int32 = "int32";
    public const string Int64 = "int64";
    public const string Float32 = "float32";
    public const string Flags = "uint8";
    public const string Vectors = "vectors";
}
