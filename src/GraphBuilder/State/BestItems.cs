namespace Rearm.Streaming.GraphBuilder.State;

/// <summary>The best of all items, by whatever makes one better than another.</summary>
internal static class BestItems
{
    /// <summary>At most so many, best first.</summary>
    /// <param name="items">How many items there are.</param>
    /// <param name="most">How many are wanted.</param>
    /// <param name="isCandidate">Whether an item counts at all.</param>
    /// <param name="weakestFirst">Which of two is the weaker one; never equal, so that the result does not depend on the items' numbers.</param>
    public static int[] Of(int items, int most, Func<int, bool> isCandidate, Comparison<int> weakestFirst)
    {
        var best = new PriorityQueue<int, int>(Comparer<int>.Create(weakestFirst));
        for (var item = 0; item < items; item++)
            if (isCandidate(item))
                if (best.Count < most)
                    best.Enqueue(item, item);
                else
                    best.EnqueueDequeue(item, item);
        var found = new int[best.Count];
        for (var place = found.Length - 1; place >= 0; place--)
            found[place] = best.Dequeue();
        return found;
    }
}
