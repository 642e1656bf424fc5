namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>An answer whose items may yet be clicked.</summary>
/// <param name="User">Hash of the user's id.</param>
/// <param name="Request">Hash of the request's id.</param>
/// <param name="Time">When it was shown, Unix milliseconds.</param>
/// <param name="Items">Hashes of the items' ids; 0 in place of one that was clicked.</param>
/// <param name="Tally">Where its clicks count.</param>
internal sealed record OpenImpression(ulong User, ulong Request, long Time, ulong[] Items, ArmTally Tally);
