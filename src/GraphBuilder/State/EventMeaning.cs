namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>What interactions of one type count for.</summary>
/// <param name="Ignored">Nothing at all.</param>
/// <param name="Kind">What it makes of the pair.</param>
/// <param name="Weight">Of a positive one.</param>
/// <param name="Types">The bit of a positive type that the configuration names (<see cref="EventTypes.Names"/>).</param>
internal readonly record struct EventMeaning(bool Ignored, PairKind Kind, float Weight, byte Types = 0)
{
    /// <summary>What a type counts for that the configuration does not name.</summary>
    public static readonly EventMeaning Unnamed = new(false, PairKind.Positive, 1);
}
