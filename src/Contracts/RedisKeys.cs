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

    /// <summary>Set: the numbers of snapshots that the Trainer will read again, to know what the generations trained on them have seen.</summary>
    public string HeldSnapshots => $"{Prefix}:snapshots:held";

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

    /// <summary>String: the number of the generation to serve in place of the current one.</summary>
    public string PinnedGeneration => $"{Prefix}:generation:pinned";

    /// <summary>String: <see cref="V1.Experiment"/> that runs, in place of both.</summary>
    public string Experiment => $"{Prefix}:experiment";

    /// <summary>String: the <see cref="V1.Experiment"/> that ended last.</summary>
    public string LastExperiment => $"{Prefix}:experiment:last";

    /// <summary>Hash: partition of the impressions to <see cref="V1.ImpressionCounts"/>.</summary>
    public string ImpressionCounts => $"{Prefix}:impressions:counts";

    /// <summary>Counter: the newest generation number handed out.</summary>
    public string GenerationCounter => $"{Prefix}:generation:counter";

    /// <summary>String: <see cref="V1.GenerationManifest"/>.</summary>
    public string GenerationManifest(long number) => $"{Prefix}:generation:{number}:manifest";

    /// <summary>String: <see cref="V1.ItemChunk"/>.</summary>
    public string GenerationItems(long number, int chunk) => $"{Prefix}:generation:{number}:items:{chunk}";

    /// <summary>String: <see cref="V1.UserChunk"/>.</summary>
    public string GenerationUsers(long number, int chunk) => $"{Prefix}:generation:{number}:users:{chunk}";

    /// <summary>String: a part of the weights of the generation's <see cref="V1.UserEncoderShape"/>.</summary>
    public string GenerationEncoder(long number, int chunk) => $"{Prefix}:generation:{number}:encoder:{chunk}";

    /// <summary>String: a part of the weights of the generation's <see cref="V1.ItemEncoderShape"/>.</summary>
    public string GenerationItemEncoder(long number, int chunk) => $"{Prefix}:generation:{number}:item-encoder:{chunk}";

    /// <summary>
    /// Sorted set: the generations whose users' vectors are being written, or whose publication was cut short, scored by when somebody last wrote (Unix
    /// milliseconds).
    /// </summary>
    public string UnfinishedGenerations => $"{Prefix}:generations:unfinished";

    /// <summary>What the keys of <see cref="User"/> begin with; the id and a } follow.</summary>
    public string UserPrefix => $"{Prefix}:history:{{user:";

    /// <summary>
    /// Hash: the items the user has touched, with what was done and when, and a header in the field without a name (Storage's HistoryCodec and HistoryHeader).
    /// Serves both as "seen" and as "recent".
    /// </summary>
    /// <remarks>
    /// All keys of a user are in one slot of a Redis Cluster, which goes by what is between the first { and the next }: never nothing, even if the id begins
    /// with a }, and the same for all of them, even if the id contains one.
    /// </remarks>
    public string User(string userId) => $"{UserPrefix}{userId}}}";

    /// <summary>
    /// String: the user's vector in a generation (<see cref="Generations.UserVectorCodec"/>). In Redis Cluster it is where <see cref="User"/> is.
    /// </summary>
    public string UserVector(long number, string userId) => $"{Prefix}:vector:{number}:{{user:{userId}}}";

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

    /// <summary>String: <see cref="V1.TrendingItems"/>.</summary>
    public string Trending => $"{Prefix}:trending";

    /// <summary>String: <see cref="V1.CatalogueHead"/>.</summary>
    public string Catalogue => $"{Prefix}:catalogue";

    /// <summary>Hash: item id to <see cref="V1.CatalogueItem"/>. In Redis Cluster it is where <see cref="Catalogue"/> is.</summary>
    public string CatalogueItems => $"{Prefix}:catalogue:items:{{{Catalogue}}}";

    /// <summary>Sorted set: the items, scored by the number of their newest change. In Redis Cluster it is where <see cref="Catalogue"/> is.</summary>
    public string CatalogueChanges => $"{Prefix}:catalogue:changes:{{{Catalogue}}}";

    /// <summary>
    /// String: "process:number" of the last write to the live state (users, popular and hidden items). A Redis that comes back with an older
    /// marker has lost the writes in between.
    /// </summary>
    public string LiveMarker => $"{Prefix}:live:marker";

    /// <summary>String: as <see cref="LiveMarker"/>, of the live state of one partition's users, which one GraphBuilder writes.</summary>
    /// <param name="partition">Of the interactions topic.</param>
    public string ShardMarker(int partition) => $"{Prefix}:live:marker:{partition}";

    /// <summary>
    /// Sorted set: items scored by their number of distinct users in one partition, while several GraphBuilders share the partitions. In Redis Cluster all
    /// of them are in one slot, to be added up.
    /// </summary>
    /// <param name="partition">Of the interactions topic.</param>
    public string ItemCounts(int partition) => $"{Prefix}:{{popular}}:shard:{partition}";

    /// <summary>Sorted set: the sum of all <see cref="ItemCounts"/>, as <see cref="Popular"/> is made from it.</summary>
    public string ItemCountsSum => $"{Prefix}:{{popular}}:sum";

    /// <summary>String: the newest request for checkpoints of all partitions, a number that grows (the time asked, Unix milliseconds).</summary>
    public string CheckpointRequest => $"{Prefix}:checkpoints:asked";

    /// <summary>Counter: the newest request for a snapshot that one GraphBuilder has passed on to the one that publishes.</summary>
    public string SnapshotRequest => $"{Prefix}:snapshot:asked";

    /// <summary>String: <see cref="V1.SnapshotAnswer"/> to the newest request answered.</summary>
    public string SnapshotAnswer => $"{Prefix}:snapshot:answer";

    /// <summary>Set: items that must not be recommended now (deleted or unavailable), ahead of the next generation.</summary>
    public string HiddenItems => $"{Prefix}:items:hidden";

    /// <summary>
    /// String: which changes of <see cref="HiddenItems"/> are in <see cref="HiddenItemsChanges"/>. In Redis Cluster it is where <see cref="HiddenItems"/> is.
    /// </summary>
    public string HiddenItemsHead => $"{HiddenItems}:head:{{{HiddenItems}}}";

    /// <summary>
    /// Sorted set: the newest changes of <see cref="HiddenItems"/>, scored by their numbers. In Redis Cluster it is where <see cref="HiddenItems"/> is.
    /// </summary>
    public string HiddenItemsChanges => $"{HiddenItems}:changes:{{{HiddenItems}}}";
}
