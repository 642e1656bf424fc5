namespace Rearm.Streaming.Graphs;

/// <summary>One user-item pair with its newest event.</summary>
/// <param name="User">Dense index of the user.</param>
/// <param name="Item">Dense index of the item.</param>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="Weight">Weight of the event.</param>
public readonly record struct InteractionPair(int User, int Item, long Time, float Weight = 1);
