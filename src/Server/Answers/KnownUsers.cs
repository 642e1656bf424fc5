using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Storage.Live;

namespace Rearm.Streaming.Server.Answers;

/// <summary>What is known of users: what Redis has of them, and while it does not answer, the vectors of those that were asked for lately.</summary>
internal sealed class KnownUsers(UserReader users)
{
    /// <summary>Reads a user.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="generation">Whose vector is wanted; null: there is none yet.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<KnownUser> ReadAsync(string userId, LoadedGeneration? generation, CancellationToken cancellationToken)
    {
        var found = await users.ReadAsync(userId, generation?.Manifest.Number, cancellationToken);
        if (found is null)
            return generation?.CachedUsers.Find(userId) is { } cached ? new(null, cached, false) : new(null, null, generation is not null);
        if (found.Vector is not null)
            generation?.CachedUsers.Keep(userId, found.Vector);
        return new(found.Damage is null ? found.History : null, found.Vector, false, found.Header, found.Damage is not null);
    }
}
