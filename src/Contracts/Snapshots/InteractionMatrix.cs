namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>Which user touched which item, by users (CSR); the items of a user ascend. One entry per distinct pair.</summary>
/// <param name="Pointers">Users + 1 positions: user u's entries are [Pointers[u], Pointers[u + 1]).</param>
/// <param name="Items">Item of each entry.</param>
/// <param name="Times">Last event time of each pair, Unix milliseconds.</param>
/// <param name="Weights">Weight of the pair's newest event.</param>
public sealed record InteractionMatrix(int[] Pointers, int[] Items, long[] Times, float[] Weights)
{
    /// <summary>Number of users.</summary>
    public int Users => Pointers.Length - 1;

    /// <summary>Number of distinct pairs.</summary>
    public int Count => Items.Length;

    /// <summary>Users to their items, without values.</summary>
    public SparseRows Pattern => new(Pointers, Items, []);

    /// <summary>The items of <paramref name="user"/>, ascending.</summary>
    public ReadOnlySpan<int> ItemsOf(int user) => Items.AsSpan(Pointers[user]..Pointers[user + 1]);

    /// <summary>The last event times of <paramref name="user"/>'s items, Unix milliseconds.</summary>
    public ReadOnlySpan<long> TimesOf(int user) => Times.AsSpan(Pointers[user]..Pointers[user + 1]);
}
