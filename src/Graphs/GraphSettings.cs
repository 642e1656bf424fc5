using System.Globalization;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>How the graphs are cut.</summary>
public sealed record GraphSettings
{
    /// <summary>Columns centred, then rows scaled to length 1.</summary>
    public const string CenteredL2 = SnapshotSettings.CenteredL2;

    /// <summary>Features as the shop sent them.</summary>
    public const string None = SnapshotSettings.NoPreprocessing;

    /// <summary>Neighbours per user in the co-occurrence and interest graphs, at least 1.</summary>
    public int UserNeighbors { get; init; } = 40;

    /// <summary>Neighbours per item in the co-occurrence and semantic graphs, at least 1.</summary>
    public int ItemNeighbors { get; init; } = 10;

    /// <summary>
    /// An item with more users than this (a hub) is ignored when users' common items are counted: it costs the square of its users, and says little
    /// of what two of them have in common. 0: no limit.
    /// </summary>
    public int MaxUsersPerItem { get; init; } = 1000;

    /// <summary>A user with more items than this (most likely a bot) is ignored when items' common users are counted; 0: no limit.</summary>
    public int MaxItemsPerUser { get; init; } = 1000;

    /// <summary>
    /// Of more users or items than this each is compared only with those in the cells of vectors nearest to it: comparing all costs the square of their
    /// number. 0: always compare all.
    /// </summary>
    public int ExactNeighborsUpTo { get; init; } = 50_000;

    /// <summary>Cells that each is compared with where not all are compared, at least 1. There are about as many cells as rows in each.</summary>
    public int NeighborProbes { get; init; } = 32;

    /// <summary>What is done to raw features before cosines: <see cref="CenteredL2"/> or <see cref="None"/>.</summary>
    public string Preprocessing { get; init; } = CenteredL2;

    internal NeighborSearch NeighborSearch => new(ExactNeighborsUpTo, NeighborProbes);

    /// <summary>The settings as a snapshot stores them, under the names in <see cref="SnapshotSettings"/>.</summary>
    public IReadOnlyDictionary<string, string> ToDictionary() => new Dictionary<string, string>
    {
        [SnapshotSettings.UserNeighbors] = UserNeighbors.ToString(CultureInfo.InvariantCulture),
        [SnapshotSettings.ItemNeighbors] = ItemNeighbors.ToString(CultureInfo.InvariantCulture),
        [SnapshotSettings.MaxUsersPerItem] = MaxUsersPerItem.ToString(CultureInfo.InvariantCulture),
        [SnapshotSettings.MaxItemsPerUser] = MaxItemsPerUser.ToString(CultureInfo.InvariantCulture),
        [SnapshotSettings.ExactNeighborsUpTo] = ExactNeighborsUpTo.ToString(CultureInfo.InvariantCulture),
        [SnapshotSettings.NeighborProbes] = NeighborProbes.ToString(CultureInfo.InvariantCulture),
        [SnapshotSettings.Preprocessing] = Preprocessing,
    };

    /// <summary>The settings a snapshot was cut with.</summary>
    /// <exception cref="ContractException">One is missing or malformed.</exception>
    public static GraphSettings From(IReadOnlyDictionary<string, string> settings)
    {
        string Value(string name) => settings.TryGetValue(name, out var value)
            ? value
            : throw new ContractException($"The snapshot's settings have no \"{name}\".");
        int Number(string name) => int.TryParse(Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ContractException($"The snapshot's setting \"{name}\" is \"{Value(name)}\"; a whole number is needed.");
        return new()
        {
            UserNeighbors = Number(SnapshotSettings.UserNeighbors),
            ItemNeighbors = Number(SnapshotSettings.ItemNeighbors),
            MaxUsersPerItem = Number(SnapshotSettings.MaxUsersPerItem),
            MaxItemsPerUser = Number(SnapshotSettings.MaxItemsPerUser),
            ExactNeighborsUpTo = Number(SnapshotSettings.ExactNeighborsUpTo),
            NeighborProbes = Number(SnapshotSettings.NeighborProbes),
            Preprocessing = Value(SnapshotSettings.Preprocessing),
        };
    }
}
