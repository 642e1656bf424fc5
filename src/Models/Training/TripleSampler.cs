using Rearm.Streaming.Contracts.Snapshots;
using TorchSharp;
using static TorchSharp.torch;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// Each epoch's batches: as many triples as there are training pairs, shuffled, with one sampled negative each. A pair comes in proportion to its weight:
/// every one once where all weigh the same. An epoch's batches depend on the seed and its number alone.
/// </summary>
internal sealed class TripleSampler : IBatchSampler<TripleBatch>
{
    private readonly int[] _users;
    private readonly int[] _items;

    // Running sums of the pairs' weights; null where all weigh the same.
    private readonly double[]? _weightSums;
    private readonly NegativeSampler _negatives;
    private readonly BulkNegatives? _bulk;
    private readonly int _batchSize;
    private readonly int _seed;
    private int _epoch;

    /// <param name="train">The training pairs; users who have touched every item have no negative and are left out.</param>
    /// <param name="items">Number of items.</param>
    /// <param name="batchSize">Triples in a batch; the last one may have fewer.</param>
    /// <param name="seed">Of shuffling and sampling.</param>
    /// <param name="bulk">Draws an epoch's negatives at once; null: they are drawn one by one.</param>
    internal TripleSampler(InteractionMatrix train, int items, int batchSize, int seed, BulkNegatives? bulk = null)
    {
        _bulk = bulk;
        _seed = seed;
        _negatives = new NegativeSampler(train, items);
        _batchSize = batchSize;
        var pairs = Enumerable.Range(0, train.Users).Where(_negatives.CanSample)
            .SelectMany(u => Enumerable.Range(train.Pointers[u], train.ItemsOf(u).Length).Select(e => (User: u, Entry: e))).ToArray();
        _users = Array.ConvertAll(pairs, p => p.User);
        _items = Array.ConvertAll(pairs, p => train.Items[p.Entry]);
        _weightSums = WeightSums(Array.ConvertAll(pairs, p => train.Weights[p.Entry]));
    }

    /// <summary>A sampler for training on a device: on CUDA negatives are drawn there.</summary>
    /// <inheritdoc cref="TripleSampler(InteractionMatrix, int, int, int, BulkNegatives?)"/>
    internal static TripleSampler For(Device device, InteractionMatrix train, int items, int batchSize, int seed) =>
        new(train, items, batchSize, seed, device.type == DeviceType.CUDA ? new BulkNegatives(train, items, device) : null);

    /// <inheritdoc/>
    public int Batches => (_users.Length + _batchSize - 1) / _batchSize;

    /// <inheritdoc/>
    public void Skip(int epochs) => _epoch += epochs;

    /// <inheritdoc/>
    public IEnumerable<TripleBatch> Epoch()
    {
        var random = new Random(EpochSeed.Of(_seed, ++_epoch));
        var order = _weightSums is null ? Enumerable.Range(0, _users.Length).ToArray() : Resample(_weightSums, random);
        random.Shuffle(order);
        var drawn = _bulk?.Sample(Array.ConvertAll(order, pair => _users[pair]), random.Next());
        var (users, positives, negatives) = (new int[_batchSize], new int[_batchSize], new int[_batchSize]);
        for (var start = 0; start < order.Length; start += _batchSize)
        {
            var count = Math.Min(_batchSize, order.Length - start);
            for (var i = 0; i < count; i++)
            {
                var pair = order[start + i];
                users[i] = _users[pair];
                positives[i] = _items[pair];
                negatives[i] = drawn?[start + i] ?? _negatives.Sample(users[i], random);
            }
            yield return new(users.AsMemory(0, count), positives.AsMemory(0, count), negatives.AsMemory(0, count));
        }
    }

    /// <summary>
    /// As many pairs as there are, each with floor(n w / W) or one more, so that an epoch strays as little from the weights as whole numbers can
    /// (systematic resampling).
    /// </summary>
    private static int[] Resample(double[] weightSums, Random random)
    {
        var order = new int[weightSums.Length];
        var step = weightSums[^1] / order.Length;
        var point = random.NextDouble() * step;
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
