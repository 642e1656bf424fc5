using Rearm.Streaming.Models.Kernels;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>The loss of models with embeddings alone: BPR of the representations, and the squared lengths of the batch's own embeddings.</summary>
internal static class EmbeddingLoss
{
    /// <param name="embeddings">Users, then items, before any graph: nodes x d.</param>
    /// <param name="representations">The same nodes as scores are taken from.</param>
    /// <param name="batch">Triples.</param>
    /// <param name="users">Number of users: item i is node users + i.</param>
    /// <param name="decay">Weight of half the squared lengths, in the mean over triples.</param>
    internal static Tensor Forward(Tensor embeddings, Tensor representations, TripleBatch batch, int users, double decay)
    {
        var nodes = TripleNodes.Of(batch, users, representations.device);
        var triples = representations.index_select(0, nodes).chunk(3, 0);
        var bpr = BprLoss.Forward(triples[0], triples[1], triples[2]);
        return decay == 0 ? bpr : bpr.Plus(embeddings.index_select(0, nodes).Squared().sum().Times(decay / 2 / batch.Users.Length));
    }
}
