using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.Sequences;

/// <summary>Each epoch's batches: every training row once, shuffled. An epoch's batches depend on the seed and its number alone.</summary>
internal sealed class SequenceSampler : IBatchSampler<SequenceBatch>
{
    private readonly int[] _rows;
    private readonly int _width;
    private readonly int _batchSize;
    private readonly int _seed;
    private int _epoch;

    /// <param name="rows">Training rows, one behind the other.</param>
    /// <param name="width">W, of a row.</param>
    /// <param name="batchSize">Rows in a batch; the last one may have fewer.</param>
    /// <param name="seed">Of shuffling.</param>
    internal SequenceSampler(int[] rows, int width, int batchSize, int seed) => (_rows, _width, _batchSize, _seed) = (rows, width, batchSize, seed);

    /// <inheritdoc/>
    public int Batches => (_rows.Length / _width + _batchSize - 1) / _batchSize;

    /// <inheritdoc/>
    public void Skip(int epochs) => _epoch += epochs;

    /// <inheritdoc/>
    public IEnumerable<SequenceBatch> Epoch()
    {
        var order = Enumerable.Range(0, _rows.Length / _width).ToArray();
        new Random(EpochSeed.Of(_seed, ++_epoch)).Shuffle(order);
        foreach (var users in order.Chunk(_batchSize))
            yield return new([.. users.SelectMany(user => _rows[(user * _width)..((user + 1) * _width)])], _width);
    }
}
