using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>One side of the bipartite interaction graph (CSR, without weights); the columns of a row ascend.</summary>
/// <param name="Pointers">Rows + 1 positions: row r is [Pointers[r], Pointers[r + 1]).</param>
/// <param name="Columns">Column of each entry.</param>
public sealed record Adjacency(int[] Pointers, int[] Columns)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Pointers.Length - 1;

    /// <summary>The columns of <paramref name="row"/>, ascending.</summary>
    public ReadOnlySpan<int> Row(int row) => Columns.AsSpan(Pointers[row]..Pointers[row + 1]);

    /// <summary>Entries of <paramref name="row"/>.</summary>
    public int Degree(int row) => Pointers[row + 1] - Pointers[row];

    /// <summary>Users to their items.</summary>
    public static Adjacency UsersToItems(InteractionMatrix interactions) => new(interactions.Pointers, interactions.Items);

    /// <summary>Items to their users.</summary>
    /// <param name="interactions">Who touched what.</param>
    /// <param name="items">Number of items.</param>
    public static Adjacency ItemsToUsers(InteractionMatrix interactions, int items) => UsersToItems(interactions).Transpose(items);

    /// <summary>Columns to their rows.</summary>
    /// <param name="columns">Number of columns.</param>
    public Adjacency Transpose(int columns)
    {
        var pointers = new int[columns + 1];
        foreach (var c in Columns)
            pointers[c + 1]++;
        for (var c = 0; c < columns; c++)
            pointers[c + 1] += pointers[c];
        var next = pointers.AsSpan(0, columns).ToArray();
        var rows = new int[Columns.Length];
        for (var r = 0; r < Rows; r++)
            foreach (var c in Row(r))
                rows[next[c]++] = r;
        return new(pointers, rows);
    }
}
