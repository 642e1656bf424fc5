using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.GraphBuilder.Publishing;

/// <summary>
/// Of a shard that is behind (<see cref="UserShard.IsBehind"/>), the users whom Redis notes as erased after its checkpoint. What is known of them may be from
/// before the erasure, so nothing of it is written until that has been read, or all that the log had.
/// </summary>
/// <param name="live">Knows who was erased.</param>
internal sealed class WithheldUsers(LiveCatalogue live)
{
    private readonly HashSet<string> _users = [];
    private HashSet<string>? _erased;

    /// <summary>Looks who has been erased; before anything is written.</summary>
    public async Task LookAsync(UserShard shard, CancellationToken cancellationToken)
    {
        if (shard.IsBehind)
            _erased ??= await live.ReadErasedUsersAsync(shard.TakenAt, cancellationToken);
    }

    /// <summary>Whether nothing is to be written of a user now; then it is due later.</summary>
    public bool Withholds(UserShard shard, string user)
    {
        if (!shard.IsBehind || _erased is not { Count: > 0 } || !_erased.Contains(HashOf(user)))
            return false;
        _users.Add(user);
        return true;
    }

    /// <summary>The user's erasure has been read.</summary>
    public void Release(string user)
    {
        _erased?.Remove(HashOf(user));
        _users.Remove(user);
    }

    /// <summary>Users of whom everything is to be written now.</summary>
    public IReadOnlyCollection<string> Due(UserShard shard) => shard.IsBehind ? [] : _users;

    /// <summary>Redis has what was due.</summary>
    public void Written(UserShard shard)
    {
        if (shard.IsBehind)
            return;
        _users.Clear();
        _erased = null;
    }

    private static string HashOf(string user) => RedisKeys.UserHash(StableHash.Of(user));
}
