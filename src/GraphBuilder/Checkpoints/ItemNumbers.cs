using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>Translates the numbers of items in a checkpoint into a state's own. Items that no pair names get none.</summary>
/// <param name="state">Gives items their numbers.</param>
internal sealed class ItemNumbers(GraphState state)
{
    private readonly List<byte[]> _ids = [];
    private readonly List<int> _numbers = [];

    /// <summary>Takes the id of the next item.</summary>
    public void Add(byte[] id)
    {
        _ids.Add(id);
        _numbers.Add(-1);
    }

    /// <summary>Renumbers a user's pairs, and puts them in order again.</summary>
    /// <param name="pairs">Ascending by item, with the checkpoint's numbers.</param>
    /// <exception cref="FormatException">They name an item that is not there, or are not in order.</exception>
    public void Translate(Span<Pair> pairs)
    {
        var (last, lastNumber, inOrder) = (-1, -1, true);
        foreach (ref var pair in pairs)
        {
            if (pair.Item <= last || pair.Item >= _ids.Count)
                throw new FormatException($"a user has item number {pair.Item} after {last}; there are {_ids.Count}");
            last = pair.Item;
            var number = _numbers[last] >= 0 ? _numbers[last] : _numbers[last] = state.EnsureItem(_ids[last]);
            inOrder &= number > lastNumber;
            pair = pair with { Item = lastNumber = number };
        }
        if (!inOrder)
            pairs.Sort(static (a, b) => a.Item.CompareTo(b.Item));
    }
}
