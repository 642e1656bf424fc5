using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.GraphBuilder;

/// <summary>What the GraphBuilder keeps and when it writes it (configuration section "GraphBuilder").</summary>
public sealed class GraphBuilderOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GraphBuilder";

    private static readonly GraphSettings Defaults = new();

    /// <summary>Folder of the checkpoints. It must outlive the process; several GraphBuilders need the same one, on a volume that all of them have.</summary>
    [Required]
    public string CheckpointDirectory { get; set; } = "data/graph-builder";

    /// <summary>How often a checkpoint is written while there is something new: what is read again after a crash.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Names this GraphBuilder among those that share the partitions, e.g. by its host: no two may have the same. One that comes back under its name has its
    /// partitions at once. Empty: it is nobody in particular, and what a killed one had waits for SessionTimeout.
    /// </summary>
    [RegularExpression("[a-zA-Z0-9._-]{0,100}")]
    public string InstanceId { get; set; } = "";

    /// <summary>How long after a GraphBuilder has vanished its partitions go to the others. Kafka allows 6 s to 30 min unless it is configured otherwise.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:30:00")]
    public TimeSpan SessionTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after a GraphBuilder has vanished another one may publish snapshots in its place.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// What interactions of each type count for: a weight above 0 and at most 1000, by which an event's own weight is multiplied; "negative" takes the
    /// pair out of the graphs and keeps the item from being recommended to the user; "retract" is as if the user had never touched the item; "ignore"
    /// changes nothing. Types that are not named count 1 and are listed in the status; a seen policy (Server:SeenTypes) can't name them. At most 8 may
    /// have a weight.
    /// </summary>
    [Required]
    public Dictionary<string, string> EventTypes { get; set; } = new(StringComparer.Ordinal)
    {
        ["view"] = "1",
        ["click"] = "1",
        ["cart"] = "3",
        ["like"] = "3",
        ["purchase"] = "5",
        ["dislike"] = State.EventTypes.Negative,
        ["hide"] = State.EventTypes.Negative,
        ["return"] = State.EventTypes.Negative,
        ["impression"] = State.EventTypes.Ignore,
        ["retract"] = State.EventTypes.Retract,
    };

    /// <summary>
    /// The items' attributes that are kept for answers that ask for them, separated by commas; empty: none. Each takes memory here and in Redis with every
    /// item that has it; what is not named stays in Kafka alone. One that is added counts for items sent from then on: send the others again.
    /// </summary>
    public string ItemAttributes { get; set; } = "title,image_url";

    /// <summary>How often a snapshot is published while there is something new; 0 publishes none by time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan SnapshotInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A snapshot is published after so many new interactions as well; 0 publishes none by number.</summary>
    [Range(0, int.MaxValue)]
    public int SnapshotEveryInteractions { get; set; } = 10_000;

    /// <summary>Time between the end of one snapshot and the begin of the next that nobody has asked for: never less, and never less than the last one took.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan SnapshotMinInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>While more records than this are yet to be read, no snapshot is published unless somebody asks: it would be stale at once.</summary>
    [Range(0, long.MaxValue)]
    public long SnapshotMaxLag { get; set; } = 10_000;

    /// <summary>After so long without a snapshot one is published however many records are yet to be read.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan SnapshotMaxDelay { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Neighbours per user in the graphs.</summary>
    [Range(1, 1000)]
    public int UserNeighbors { get; set; } = Defaults.UserNeighbors;

    /// <summary>Neighbours per item in the graphs.</summary>
    [Range(1, 1000)]
    public int ItemNeighbors { get; set; } = Defaults.ItemNeighbors;

    /// <summary>An item with more users than this (a hub) adds nothing to user-user counts, which would cost the square of its users; 0: no limit.</summary>
    [Range(0, int.MaxValue)]
    public int MaxUsersPerItem { get; set; } = Defaults.MaxUsersPerItem;

    /// <summary>A user with more items than this (most likely a bot) adds nothing to item-item counts; 0: no limit.</summary>
    [Range(0, int.MaxValue)]
    public int MaxItemsPerUser { get; set; } = Defaults.MaxItemsPerUser;

    /// <summary>
    /// Of more users or items than this each is compared only with those whose vectors are in the nearest cells, which finds most of the true nearest
    /// neighbours: the share found is measured and stated with the snapshot. Comparing all costs the square of their number. 0: always compare all.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int ExactNeighborsUpTo { get; set; } = Defaults.ExactNeighborsUpTo;

    /// <summary>Cells that each is compared with where not all are compared: more find more of the true neighbours, and take longer.</summary>
    [Range(1, 10_000)]
    public int NeighborProbes { get; set; } = Defaults.NeighborProbes;

    /// <summary>What is done to features before cosines: "centered-l2" or "none".</summary>
    [Required, AllowedValues(GraphSettings.CenteredL2, GraphSettings.None)]
    public string Preprocessing { get; set; } = Defaults.Preprocessing;

    /// <summary>Snapshots that stay in Redis, the current one included.</summary>
    [Range(1, 100)]
    public int KeepSnapshots { get; set; } = 3;

    /// <summary>How long a snapshot that is not the current one stays in Redis at most; what only it needs goes an hour later.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan SnapshotMaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Seen items kept per user in Redis, the newest; older ones may be recommended again. At least as many as a sequence model may read.
    /// </summary>
    [Range(UserEncoderWeights.MaxLength, 1_000_000)]
    public int MaxSeenPerUser { get; set; } = 10_000;

    /// <summary>Items in the list of popular ones, and in that of trending ones.</summary>
    [Range(1, 100_000)]
    public int PopularItems { get; set; } = 1000;

    /// <summary>
    /// Bytes of features at most that the live catalogue has of items that the served generation does not know, where that one makes items' vectors of their
    /// features (the model pmmrec): in Redis, and in each Server. New items beyond have interim vectors; when the generation changes, the newest come first.
    /// 0: no features, interim vectors alone.
    /// </summary>
    [Range(0, 1L << 36)]
    public long NewItemFeatureBytes { get; set; } = 1L << 28;

    /// <summary>In what is trending, a user counts half for an item after so long, a quarter after twice as long.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan TrendingHalfLife { get; set; } = State.ItemTrends.DefaultHalfLife;

    /// <summary>How long after an answer an item in it counts as clicked when the user touches it, where Servers record impressions; 0: not counted.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ImpressionWindow { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Items of answers that may yet be clicked, kept in memory at most, of each partition; of more the oldest are forgotten.</summary>
    [Range(1000, 100_000_000)]
    public int MaxOpenImpressions { get; set; } = 1_000_000;

    /// <summary>
    /// Ends an experiment by itself once each arm has shown so many items and one is clicked less beyond chance (4 standard deviations): everybody gets the
    /// other arm's generation; 0: never.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long EndExperimentAfterItems { get; set; }

    /// <summary>
    /// What to do at the start when Kafka no longer holds the records that come next: false refuses to run; true goes on with what is left
    /// and logs what is missing.
    /// </summary>
    public bool AcceptGap { get; set; }

    internal GraphSettings GraphSettings => new()
    {
        UserNeighbors = UserNeighbors,
        ItemNeighbors = ItemNeighbors,
        MaxUsersPerItem = MaxUsersPerItem,
        MaxItemsPerUser = MaxItemsPerUser,
        ExactNeighborsUpTo = ExactNeighborsUpTo,
        NeighborProbes = NeighborProbes,
        Preprocessing = Preprocessing,
    };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var complaint in EventTypes.Select(type => State.EventTypes.Check(type.Key, type.Value)).Append(State.EventTypes.CheckCount(EventTypes)))
            if (complaint is not null)
                yield return new(complaint, [nameof(EventTypes)]);
        if (State.AttributeNames.Check(ItemAttributes) is { } problem)
            yield return new($"{Section}:{nameof(ItemAttributes)} is \"{ItemAttributes}\": {problem}.", [nameof(ItemAttributes)]);
    }
}
