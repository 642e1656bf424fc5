using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Models.Training;

/// <summary>Each epoch's batches: every training pair once, shuffled, with one sampled negative. The same seed gives the same batches.</summary>
internal sealed class TripleSampler
{
    private readonly int[] _users;
    private readonly int[] _items;
    private readonly Random _random;
    private readonly NegativeSampler _negatives;
    private readonly int _batchSize;

    /// <param name="train">The training pairs; users who have touched every item have no negative and are left out.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="batchSize">Triples in a batch; the last one may have fewer.</param>
    /// <param name="seed">Of shuffling and sampling.</param>
    internal TripleSampler(InteractionMatrix train, int items, int batchSize, int seed)
    {
        _random = new Random(seed);
        _negatives = new NegativeSampler(train, items, _random);
        _batchSize = batchSize;
        _users = [.. Enumerable.Range(0, train.Users).Where(_negatives.CanSample).SelectMany(u => Enumerable.Repeat(u, train.ItemsOf(u).Length))];
        _items = [.. Enumerable.Range(0, train.Users).Where(_negatives.CanSample).SelectMany(u => train.ItemsOf(u).ToArray())];
    }

    internal int Batches => (_users.Length + _batchSize - 1) / _batchSize;

    /// <summary>The batches of one epoch; a batch is valid until the next is asked for.</summary>
    internal IEnumerable<TripleBatch> Epoch()
    {
        var order = Enumerable.Range(0, _users.Length).ToArray();
        _random.Shuffle(order);
        var (users, positives, negatives) = (new int[_batchSize], new int[_batchSize], new int[_batchSize]);
        for (var start = 0; start < order.Length; start += _batchSize)
        {
            var count = Math.Min(_batchSize, order.Length - start);
            for (var i = 0; i < count; i++)
            {
                var pair = order[start + i];
                users[i] = _users[pair];
                positives[i] = _items[pair];
                negatives[i] = _negatives.Sample(users[i]);
            }
            yield return new(users.AsMemory(0, count), positives.AsMemory(0, count), negatives.AsMemory(0, count));
        }
    }
}
