using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Trainer.Adjacency;

namespace Rearm.Streaming.Trainer.Evaluation;

/// <summary>What a model has to beat.</summary>
internal static class Baselines
{
    /// <summary>The items with most users in training, for everybody.</summary>
    internal static ScoreUsers Popularity(InteractionMatrix train, int items)
    {
        var degrees = Array.ConvertAll(MostActive.ItemDegrees(train, items), d => (float)d);
        return (users, scores) =>
        {
            for (var i = 0; i < users.Length; i++)
                degrees.CopyTo(scores[(i * items)..]);
        };
    }

    /// <summary>A random order for each user, the same for the same seed.</summary>
    internal static ScoreUsers Random(int items, int seed) => (users, scores) =>
    {
        for (var i = 0; i < users.Length; i++)
        {
            var random = new Random(HashCode(seed, users[i]));
            for (var item = 0; item < items; item++)
                scores[i * items + item] = random.NextSingle();
        }
    };

    // Not System.HashCode, which differs from process to process.
    private static int HashCode(int seed, int user) => unchecked((seed * 486187739) ^ (user * 0x5bd1e995));
}
