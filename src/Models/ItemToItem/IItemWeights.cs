using static TorchSharp.torch;

namespace Rearm.Streaming.Models.ItemToItem;

/// <summary>
/// What an item says for another: W, items x items, where entry (j, i) is what having touched j adds to the score of i. A user's scores are x W, where
/// x is the user's row of interactions.
/// </summary>
internal interface IItemWeights : IDisposable
{
    /// <summary>Number of items.</summary>
    int Items { get; }

    /// <summary>Adds row <paramref name="item"/>, times <paramref name="weight"/>, to scores of all items.</summary>
    void AddRow(int item, float weight, Span<float> scores);

    /// <summary>W X.</summary>
    /// <param name="dense">X, items x any width, float32 on the CPU.</param>
    Tensor Multiply(Tensor dense);

    /// <summary>W' X.</summary>
    /// <param name="dense">X, items x any width, float32 on the CPU.</param>
    Tensor MultiplyTransposed(Tensor dense);
}
