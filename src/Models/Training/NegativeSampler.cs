using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// Samples, uniformly, an item that the user has not touched in training. It knows the training set alone: leaving out validation and
/// test items too, as the authors' program does, would leak them to the model.
/// </summary>
internal sealed class NegativeSampler(InteractionMatrix train, int items)
{
    /// <summary>Whether there is an item the user has not touched.</summary>
    internal bool CanSample(int user) => train.ItemsOf(user).Length < items;

    internal int Sample(int user, Random random)
    {
        var touched = train.ItemsOf(user);
        while (true)
        {
            var item = random.Next(items);
            if (touched.BinarySearch(item) < 0)
                return item;
        }
    }
}
