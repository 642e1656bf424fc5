using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// Each epoch's batches: as many triples as there are training pairs, shuffled, with one sampled negative each. A pair comes in proportion to its weight:
/// every one once where all weigh the same. The same seed gives the same batches.
/// </summary>
internal sealed class TripleSampler
{
    private readonly int[] _users;
    private readonly int[] _items;

    // Running sums of the pairs' weights; null where all weigh the same.
    private readonly double[]? _weightSums;
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
        var pairs = Enumerable.Range(0, train.Users).Where(_negatives.CanSample)
            .SelectMany(u => Enumerable.Range(train.Pointers[u], train.ItemsOf(u).Length).Select(e => (User: u, Entry: e))).ToArray();
        _users = Array.ConvertAll(pairs, p => p.User);
        _items = Array.ConvertAll(pairs, p => train.Items[p.Entry]);
        _weightSums = WeightSums(Array.ConvertAll(pairs, p => train.Weights[p.Entry]));
    }

    internal int Batches => (_users.Length + _batchSize - 1) / _batchSize;

    /// <summary>The batches of one epoch; a batch is valid until the next is asked for.</summary>
    internal IEnumerable<TripleBatch> Epoch()
    {
        var order = _weightSums is null ? Enumerable.Range(0, _users.Length).ToArray() : Resample(_weightSums);
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

    /// <summary>
    /// As many pairs as there are, each with floor(n w / W) or one more, so that an epoch strays as little from the weights as whole numbers can
    /// (systematic resampling).
    /// </summary>
    private int[] Resample(double[] weightSums)
    {
        var order = new int[weightSums.Length];
        var step = weightSums[^1] / order.Length;
        var point = _random.NextDouble() * step;
        for (int n = 0, pair = 0; n < order.Length; n++, point += step)
        {
            while (pair < weightSums.Length - 1 && weightSums[pair] <= point)
                pair++;
            order[n] = pair;
        }
        return order;
    }

    private static double[]? WeightSums(float[] weights)
    {
        if (weights.Length == 0 || weights.All(w => w == weights[0]))
            return null;
        var sums = new double[weights.Length];
        var sum = 0.0;
        for (var i = 0; i < sums.Length; i++)
            sums[i] = sum += weights[i];
        return sums;
    }
}
