using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Storage.Live;

/// <summary>What Redis has of a user.</summary>
/// <param name="History">
/// The items touched, newest first, of those of the same time the one with the lesser stable hash first; those that the user does not want at the end.
/// </param>
/// <param name="Vector">
/// The user's vector in the generation asked for, as stored (<see cref="Contracts.Generations.UserVectorCodec"/>); null if there is none.
/// </param>
/// <param name="Header">What goes for all of the history.</param>
/// <param name="Damage">Why the history can't be read, and is empty here; null: it can.</param>
public sealed record UserState(Touch[] History, byte[]? Vector, HistoryHeader Header = default, ContractException? Damage = null);
