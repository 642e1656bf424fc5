using Rearm.Streaming.Contracts.Snapshots;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Evaluation;

/// <summary>
/// The best items of users by inner products, computed where the model is trained: a product of matrices, what was touched put last, a sort. Ties go as on the
/// CPU, to the smaller number, so the sort is a stable one of all items; libtorch's topk promises no order. Scores may differ from the CPU's in their last bits.
/// </summary>
internal sealed class DeviceRanking : IDisposable
{
    // Scores of a block of users, which with the sort's indices take some 16 bytes each.
    private const long ScoresAtOnce = 1 << 26;

    private readonly InteractionMatrix _train;
    private readonly Tensor _users;
    private readonly Tensor _items;

    /// <summary>Copies the vectors to the device.</summary>
    /// <param name="width">Numbers in a vector.</param>
    /// <param name="users">Row-major, users x width.</param>
    /// <param name="items">Row-major, items x width.</param>
    /// <param name="train">Items in it are not ranked for their user.</param>
    /// <param name="device">Where to rank.</param>
    internal DeviceRanking(int width, float[] users, float[] items, InteractionMatrix train, Device device)
    {
        _train = train;
        using var scope = NewDisposeScope();
        Tensor Matrix(float[] values) => tensor(values, [values.Length / width, width], device: device).DetachFromDisposeScope();
        (_users, _items) = (Matrix(users), Matrix(items));
    }

    /// <summary>How many users to ask for at once.</summary>
    internal int UsersAtOnce => (int)Math.Clamp(ScoresAtOnce / Math.Max(1, _items.shape[0]), 1, 4096);

    /// <summary>Each user's best items that training does not have, best first.</summary>
    /// <param name="users">Dense user indices.</param>
    /// <param name="depth">So many of them, or all that there are.</param>
    internal int[][] Best(int[] users, int depth)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var items = _items.shape[0];
        var chosen = _users.index_select(0, tensor(Array.ConvertAll(users, user => (long)user), device: _users.device));
        var scores = chosen.mm(_items.t()).contiguous();
        var touched = users.Index().SelectMany(user => _train.ItemsOf(user.Item).ToArray().Select(item => user.Index * items + item)).ToArray();
        if (touched.Length > 0)
            scores.view(-1).index_put_(tensor(float.NegativeInfinity, device: scores.device), tensor(touched, device: scores.device));
        var deepest = (int)Math.Min(depth, items);
        var order = scores.sort(1, descending: true, stable: true).Indices.narrow(1, 0, deepest).cpu().contiguous().data<long>().ToArray();
        return [.. users.Select((user, row) => Array.ConvertAll(
            order[(row * deepest)..(row * deepest + Math.Min(deepest, (int)items - _train.ItemsOf(user).Length))], item => (int)item))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _users.Dispose();
        _items.Dispose();
    }
}
