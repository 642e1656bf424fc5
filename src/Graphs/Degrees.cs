using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Graphs;

/// <summary>How many interactions each node has.</summary>
public static class Degrees
{
    /// <summary>Items of each user.</summary>
    public static int[] OfUsers(InteractionMatrix interactions)
    {
        var degrees = new int[interactions.Users];
        for (var user = 0; user < degrees.Length; user++)
            degrees[user] = interactions.Pointers[user + 1] - interactions.Pointers[user];
        return degrees;
    }

    /// <summary>Users of each item.</summary>
    /// <param name="interactions">Who touched what.</param>
    /// <param name="items">Number of items.</param>
    public static int[] OfItems(InteractionMatrix interactions, int items)
    {
        var degrees = new int[items];
        foreach (var item in interactions.Items)
            degrees[item]++;
        return degrees;
    }
}
