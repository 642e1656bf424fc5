using System.Globalization;
using Microsoft.Extensions.Options;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>The folder with all checkpoints, shared by the GraphBuilders: a place for the items, and one for each partition's users.</summary>
internal sealed class CheckpointStore(IOptions<GraphBuilderOptions> options, TimeProvider time, ILogger<CheckpointStore> logger)
{
    private const string Shards = "interactions-";

    /// <summary>The folder.</summary>
    public string Directory => options.Value.CheckpointDirectory;

    /// <summary>The partitions of which there are checkpoints.</summary>
    public IReadOnlyList<int> Partitions => System.IO.Directory.Exists(Directory)
        ? [.. System.IO.Directory.EnumerateDirectories(Directory, $"{Shards}*").Select(PartitionOf).OfType<int>().Order()]
        : [];

    /// <summary>The partitions that the interactions topic had when that was noted; null if it never was.</summary>
    public int? NotedPartitions =>
        File.Exists(NotePath) && int.TryParse(File.ReadAllText(NotePath), NumberStyles.None, CultureInfo.InvariantCulture, out var partitions) ? partitions : null;

    /// <summary>The file in which the number of partitions is noted.</summary>
    public string NotePath => Path.Combine(Directory, "partitions");

    /// <summary>Notes how many partitions the interactions topic has, for the starts to come.</summary>
    /// <exception cref="IOException">The disk is full, or the folder can't be written.</exception>
    public void NotePartitions(int partitions)
    {
        System.IO.Directory.CreateDirectory(Directory);
        // Other GraphBuilders may be writing the same.
        var next = $"{NotePath}-{Writer()}";
        File.WriteAllText(next, partitions.ToString(CultureInfo.InvariantCulture));
        File.Move(next, NotePath, overwrite: true);
    }

    /// <summary>A new claim of the place of the items.</summary>
    public CheckpointPlace Items() => Place("items");

    /// <summary>A new claim of the place of a partition's users.</summary>
    public CheckpointPlace Shard(int partition) => Place($"{Shards}{partition.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Renames what there is of a partition that the topic no longer has.</summary>
    public void SetAside(int partition)
    {
        var folder = Path.Combine(Directory, $"{Shards}{partition.ToString(CultureInfo.InvariantCulture)}");
        if (System.IO.Directory.Exists(folder))
            System.IO.Directory.Move(folder, Path.Combine(Directory, $"lost-{Path.GetFileName(folder)}-{Writer()}"));
    }

    private static int? PartitionOf(string folder) =>
        int.TryParse(Path.GetFileName(folder)[Shards.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var partition) ? partition : null;

    private CheckpointPlace Place(string name) => new(Path.Combine(Directory, name), Writer(), logger);

    // Sorted by age for whoever looks into the folder.
    private string Writer() => $"{time.GetUtcNow():yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..12]}";
}
