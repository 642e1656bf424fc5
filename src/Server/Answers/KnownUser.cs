using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>What is known of a user.</summary>
/// <param name="History">What the user touched; null: Redis does not answer, or what it has can't be read.</param>
/// <param name="Vector">The user's vector in the generation, as stored; null if there is none.</param>
/// <param name="VectorUnknown">Whether there may be one although <paramref name="Vector"/> is null.</param>
/// <param name="Header">What goes for all of the history.</param>
/// <param name="IsDamaged">Redis has a history that can't be read.</param>
internal readonly record struct KnownUser(Touch[]? History, byte[]? Vector, bool VectorUnknown, HistoryHeader Header = default, bool IsDamaged = false);
