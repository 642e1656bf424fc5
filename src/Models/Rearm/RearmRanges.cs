using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Rearm;

/// <summary>
/// Where REARM's hyper-parameters are searched: the paper's ranges (5.1) where it gives them, and around its values (table 3) and ours where it doesn't.
/// </summary>
internal static class RearmRanges
{
    internal static IReadOnlyList<SearchRange> All { get; } =
    [
        SearchRange.Log("learning_rate", 1e-4, 1e-2),
        SearchRange.Log("weight_decay", 1e-5, 1e-1),
        SearchRange.Choice("batch_size", 1024, 2048, 4096),
        SearchRange.Whole("layers", 1, 10),
        SearchRange.Whole("item_graph_layers", 1, 2),
        SearchRange.Whole("user_graph_layers", 1, 2),
        SearchRange.Whole("rank", 1, 10),
        SearchRange.Steps("self_dropout", 0, 1, 0.1),
        SearchRange.Steps("cross_dropout", 0, 1, 0.1),
        SearchRange.Steps("user_first_modality_weight", 0, 1, 0.1),
        SearchRange.Steps("item_first_modality_weight", 0, 1, 0.1),
        SearchRange.Steps("user_cooccurrence_weight", 0, 0.9, 0.1),
        SearchRange.Steps("item_cooccurrence_weight", 0, 0.9, 0.1),
        SearchRange.Choice("user_neighbors", 10, 25, 40, 45),
        SearchRange.Choice("item_neighbors", 5, 10, 20),
        SearchRange.Log("temperature", 0.03, 2),
        SearchRange.Log("contrast_weight", 1e-6, 1e-1),
        SearchRange.Log("orthogonality_weight", 1e-6, 1e-1),
        SearchRange.Choice("train_features", false, true),
        SearchRange.Choice("train_meta_projection", false, true),
    ];
}
