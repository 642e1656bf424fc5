namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>A record of the interactions, as far as it matters here.</summary>
/// <param name="Offset">Its offset.</param>
/// <param name="Time">When it was written, Unix milliseconds.</param>
/// <param name="User">Hash of the user's id; 0: it says nothing.</param>
/// <param name="Item">Hash of the item's id; 0: the user is erased.</param>
internal readonly record struct Click(long Offset, long Time, ulong User, ulong Item);
