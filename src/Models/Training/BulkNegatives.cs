using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// What <see cref="NegativeSampler"/> samples, for many triples at once and on any device: an item is drawn for each, and those that turn out to be touched, by a
/// search among the sorted pairs, are drawn again until none is left.
/// </summary>
/// <param name="train">The training pairs.</param>
/// <param name="items">Number of items.</param>
/// <param name="device">Where to draw.</param>
internal sealed class BulkNegatives(InteractionMatrix train, int items, Device device)
{
    /// <summary>An item for each user that the user has not touched in training; the same for the same seed on the same device.</summary>
    /// <param name="users">Dense user indices, each of whom has one such item at least.</param>
    /// <param name="seed">Of the draws.</param>
    internal int[] Sample(int[] users, int seed)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        using var generator = new Generator((ulong)seed, device);
        var pairs = tensor(Pairs(), device: device);
        // A pair is one number: the user's place times the number of items, plus the item.
        var rows = tensor(Array.ConvertAll(users, user => (long)user * items), device: device);
        var drawn = randint(items, [users.Length], ScalarType.Int64, device, generator: generator);
        var open = Touched(rows, drawn);
        while (open.shape[0] > 0)
        {
            using var round = NewDisposeScope();
            var again = randint(items, [open.shape[0]], ScalarType.Int64, device, generator: generator);
            drawn.index_put_(again, open);
            var still = Touched(rows.index_select(0, open), again);
            open = open.index_select(0, still).MoveToOuterDisposeScope();
        }
        return Array.ConvertAll(drawn.cpu().data<long>().ToArray(), item => (int)item);

        // Places of those that are touched.
        Tensor Touched(Tensor of, Tensor draws)
        {
            if (pairs.shape[0] == 0)
                return empty(0, dtype: ScalarType.Int64, device: device);
            var keys = of.Plus(draws);
            var last = tensor(pairs.shape[0] - 1, device: device);
            return pairs.index_select(0, searchsorted(pairs, keys).minimum(last)).eq(keys).nonzero().view(-1);
        }
    }

    // Users ascending, and each one's items: sorted already.
    private long[] Pairs()
    {
        var pairs = new long[train.Items.Length];
        for (var user = 0; user < train.Users; user++)
            for (var entry = train.Pointers[user]; entry < train.Pointers[user + 1]; entry++)
                pairs[entry] = (long)user * items + train.Items[entry];
        return pairs;
    }
}
