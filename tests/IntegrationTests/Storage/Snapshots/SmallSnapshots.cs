using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.IntegrationTests.Storage.Snapshots;

/// <summary>Snapshots of few chunks, some of them shared.</summary>
internal static class SmallSnapshots
{
    /// <summary>Two users and two items; users and features are the same in all, times and a category differ.</summary>
    public static GraphSnapshot Of(int number) => SnapshotAssembler.Assemble(new()
    {
        UserIds = ["u", "v"],
        ItemIds = ["a", "b"],
        Categories = [[$"c{number}"], []],
        Available = [true, true],
        Interactions = InteractionPairs.ToMatrix(2, [new(0, 0, number), new(1, 0, 1)]),
        Modalities = [new("image", 2, [ItemVector.Compact([1, 2]), ItemVector.Compact([2, 1])])],
    }, new());
}
