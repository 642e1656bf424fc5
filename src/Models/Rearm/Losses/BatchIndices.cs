using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Rearm.Losses;

/// <summary>A batch of triples as node numbers (item i is node users + i), and its distinct nodes.</summary>
internal sealed record BatchIndices(Tensor Users, Tensor Positives, Tensor Negatives, Tensor DistinctUsers, Tensor DistinctItems)
{
    internal static BatchIndices From(ReadOnlySpan<int> users, ReadOnlySpan<int> positives, ReadOnlySpan<int> negatives, int userCount, Device device)
    {
        var userNodes = Nodes(users, 0);
        var positiveNodes = Nodes(positives, userCount);
        var negativeNodes = Nodes(negatives, userCount);
        return new(ToTensor(userNodes), ToTensor(positiveNodes), ToTensor(negativeNodes),
            ToTensor(Distinct(userNodes)), ToTensor(Distinct([.. positiveNodes, .. negativeNodes])));

        Tensor ToTensor(long[] nodes) => tensor(nodes, device: device);
    }

    private static long[] Nodes(ReadOnlySpan<int> ids, int offset)
    {
        var nodes = new long[ids.Length];
        for (var i = 0; i < nodes.Length; i++)
            nodes[i] = offset + ids[i];
        return nodes;
    }

    private static long[] Distinct(long[] nodes)
    {
        var sorted = (long[])nodes.Clone();
        Array.Sort(sorted);
        var count = 0;
        for (var i = 0; i < sorted.Length; i++)
            if (i == 0 || sorted[i] != sorted[i - 1])
                sorted[count++] = sorted[i];
        return sorted[..count];
    }
}
