namespace Rearm.Streaming.Contracts;

/// <summary>The names of the Redis keys. Numbers are versions: a version is written completely, then one pointer is set to it.</summary>
/// <param name="Prefix">What every key begins with; "rearm" unless two installations share a Redis.</param>
public sealed record RedisKeys(string Prefix = RedisKeys.DefaultPrefix)
{
    /// <summary>The prefix unless another is configured.</summary>
    public const string DefaultPrefix = "rearm";

    /// <summary>String: the number of the current graph snapshot.</summary>
    public string CurrentSnapshot => $"{Prefix}:snapshot:current";

    /// <summary>Counter: the newest snapshot number handed out.</summary>
    public string SnapshotCounter => $"{Prefix}:snapshot:counter";

    /// <summary>String: <see cref="V1.SnapshotManifest"/>.</summary>
    public string SnapshotManifest(long number) => $"{Prefix}:snapshot:{number}:manifest";

    /// <summary>
    /// Sorted set: the snapshots that there are, scored by the time of publication (Unix milliseconds); 0 for one that is being written, or whose
    /// publication was cut short.
    /// </summary>
    public string Snapshots => $"{Prefix}:snapshots";

    /// <summary>String: part of one or more snapshots.</summary>
    /// <param name="sha256">Of its content, lower-case hex.</param>
    public string Chunk(string sha256) => $"{Prefix}:chunk:{sha256}";

    /// <summary>String: who may write what <paramref name="lease"/> is for, "token owner"; expires when it is not renewed.</summary>
    public string Lease(string lease) => $"{Prefix}:lease:{lease}";

    /// <summary>Counter: the newest token handed out for <paramref name="lease"/>.</summary>
    public string LeaseTokens(string lease) => $"{Prefix}:lease:{lease}:tokens";

    /// <summary>String: the greatest token that has claimed <paramref name="key"/>; a lesser one may no longer write it. In Redis Cluster it is where the key is.</summary>
    public string Fence(string key) => $"{Prefix}:fence:{{{key}}}";

    /// <summary>String: the number of the model generation being served.</summary>
    public string CurrentGeneration => $"{Prefix}:generation:current";

    /// <summary>Counter: the newest generation number handed out.</summary>
    public string GenerationCounter => $"{Prefix}:generation:counter";

    /// <summary>String: <see cref="V1.GenerationManifest"/>.</summary>
    public string GenerationManifest(long number) => $"{Prefix}:generation:{number}:manifest";

    /// <summary>String: <see cref="V1.ItemChunk"/>.</summary>
    public string GenerationItems(long number, int chunk) => $"{Prefix}:generation:{number}:items:{chunk}";

    /// <summary>String: <see cref="V1.UserChunk"/>.</summary>
    public string GenerationUsers(long number, int chunk) => $"{Prefix}:generation:{number}:users:{chunk}";

    /// <summary>Sorted set: the items the user has touched, scored by last event time (Unix milliseconds), negated for items that the user does not want. Serves both as "seen" and as "recent".</summary>
    public string User(string userId) => $"{Prefix}:user:{userId}";

    /// <summary>
    /// Sorted set: hashes of the ids of erased users (<see cref="UserHash"/>), scored by when the GraphBuilder erased them (Unix milliseconds): whatever a
    /// generation of a snapshot that was cut before knows of them must not be used.
    /// </summary>
    public string ErasedUsers => $"{Prefix}:users:erased";

    /// <summary>An id's hash as it stands in <see cref="ErasedUsers"/>.</summary>
    /// <param name="hash"><see cref="StableHash"/> of the id.</param>
    public static string UserHash(ulong hash) => hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>String: <see cref="V1.PopularItems"/>.</summary>
    public string Popular => $"{Prefix}:popular";

    /// <summary>
    /// String: "process:number" of the last write to the live state (users, popular and hidden items). A Redis that comes back with an older
    /// marker has lost the writes in between.
    /// </summary>
    public string LiveMarker => $"{Prefix}:live:marker";

    /// <summary>Set: items that must not be recommended now (deleted or unavailable), ahead of the next generation.</summary>
    public string HiddenItems => $"{Prefix}:items:hidden";
}
