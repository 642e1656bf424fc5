using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Sea;

/// <summary>
/// Where SEA's hyper-parameters are searched: around the program's values. Its logs fit a solo_weight of .6 to .7 on two of three data sets, so that one is
/// searched widely.
/// </summary>
internal static class SeaRanges
{
    internal static IReadOnlyList<SearchRange> All { get; } =
    [
        SearchRange.Log("learning_rate", 1e-4, 1e-2),
        SearchRange.Choice("batch_size", 1024, 2048, 4096),
        SearchRange.Choice("dimension", 32, 64, 128),
        SearchRange.Whole("layers", 1, 3),
        SearchRange.Whole("item_graph_layers", 1, 2),
        SearchRange.Choice("item_neighbors", 5, 10, 20),
        SearchRange.Steps("first_modality_weight", 0, 1, 0.1),
        SearchRange.Log("solo_weight", 1e-3, 1),
        SearchRange.Log("club_weight", 1e-3, 1),
        SearchRange.Choice("temperature", 0.1, 0.2, 0.4, 0.8),
        SearchRange.Choice("club_fit", "within", "across"),
    ];
}
