using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>A batch of triples as numbers of nodes: users first, then items.</summary>
internal static class TripleNodes
{
    /// <param name="batch">Triples.</param>
    /// <param name="users">Number of users: item i is node users + i.</param>
    /// <param name="device">Where the numbers are wanted.</param>
    /// <returns>The users, then the positives, then the negatives.</returns>
    internal static Tensor Of(TripleBatch batch, int users, Device device)
    {
        var count = batch.Users.Length;
        var nodes = new long[3 * count];
        for (var i = 0; i < count; i++)
        {
            nodes[i] = batch.Users.Span[i];
            nodes[count + i] = users + batch.Positives.Span[i];
            nodes[2 * count + i] = users + batch.Negatives.Span[i];
        }
        return tensor(nodes, device: device);
    }
}
