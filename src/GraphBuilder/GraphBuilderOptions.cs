using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.GraphBuilder;

/// <summary>What the GraphBuilder keeps and when it writes it (configuration section "GraphBuilder").</summary>
public sealed class GraphBuilderOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GraphBuilder";

    /// <summary>Folder of the checkpoint, for this process alone; it must outlive the process.</summary>
    [Required]
    public string CheckpointDirectory { get; set; } = "data/graph-builder";

    /// <summary>How often a checkpoint is written while there is something new: what is read again after a crash.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a snapshot is published while there is something new; 0 publishes none by time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan SnapshotInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A snapshot is published after so many new interactions as well; 0 publishes none by number.</summary>
    [Range(0, int.MaxValue)]
    public int SnapshotEveryInteractions { get; set; } = 10_000;

    /// <summary>Neighbours per user in the graphs.</summary>
    [Range(1, 1000)]
    public int UserNeighbors { get; set; } = 40;

    /// <summary>Neighbours per item in the graphs.</summary>
    [Range(1, 1000)]
    public int ItemNeighbors { get; set; } = 10;

    /// <summary>An item with more users than this adds nothing to user-user counts, which bounds the cost of hubs; 0: no limit, exact.</summary>
    [Range(0, int.MaxValue)]
    public int MaxUsersPerItem { get; set; }

    /// <summary>What is done to features before cosines: "centered-l2" or "none".</summary>
    [Required, AllowedValues(GraphSettings.CenteredL2, GraphSettings.None)]
    public string Preprocessing { get; set; } = GraphSettings.CenteredL2;

    /// <summary>Snapshots that stay in Redis, the current one included.</summary>
    [Range(1, 100)]
    public int KeepSnapshots { get; set; } = 3;

    /// <summary>How long a snapshot that is not the current one stays in Redis at most; what only it needs goes an hour later.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan SnapshotMaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Seen items kept per user in Redis, the newest; older ones may be recommended again.</summary>
    [Range(1, 1_000_000)]
    public int MaxSeenPerUser { get; set; } = 10_000;

    /// <summary>Items in the list of popular ones.</summary>
    [Range(1, 100_000)]
    public int PopularItems { get; set; } = 1000;

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
        Preprocessing = Preprocessing,
    };

    internal IncrementalCooccurrence.Limits Limits => new(UserNeighbors, ItemNeighbors, MaxUsersPerItem);
}
