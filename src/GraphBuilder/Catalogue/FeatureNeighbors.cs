using System.Numerics.Tensors;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Graphs;

namespace Rearm.Streaming.GraphBuilder.Catalogue;

/// <summary>
/// The nearest of the known items to a new one: by the mean, over the modalities that both have, of the cosines of vectors from which the known items' mean
/// has been taken (as <see cref="FeaturePreprocessing"/> does for the graphs). Exact: every known item is looked at, for a few new ones at a time.
/// </summary>
internal sealed class FeatureNeighbors
{
    /// <summary>New items that share a pass over the known ones.</summary>
    public const int Together = 8;

    private readonly ItemsPicture _picture;
    private readonly int[] _known;
    private readonly Space[] _spaces;

    /// <summary>Prepares the known items.</summary>
    /// <param name="picture">The items.</param>
    /// <param name="known">Numbers of those that are known.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public FeatureNeighbors(ItemsPicture picture, int[] known, CancellationToken cancellationToken)
    {
        _picture = picture;
        _known = known;
        _spaces = [.. picture.Modalities.Select(m => new Space(m, picture, known, cancellationToken))];
    }

    /// <summary>Whether it measures what items have now: the same modalities, as wide.</summary>
    public bool Fits(ItemsPicture picture) =>
        picture.Modalities.Select(m => (m.Name, m.Width)).SequenceEqual(_picture.Modalities.Select(m => (m.Name, m.Width)));

    /// <summary>The k nearest of each, best first; fewer, or none, where no known item has a modality in common or points its way.</summary>
    /// <param name="items">At most <see cref="Together"/> new items.</param>
    /// <param name="k">How many.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public (int Item, float Cosine)[][] Find(ReadOnlySpan<ItemState> items, int k, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items.Length, Together);
        var queries = new float[_spaces.Length][][];
        for (var s = 0; s < _spaces.Length; s++)
        {
            queries[s] = new float[items.Length][];
            for (var q = 0; q < items.Length; q++)
                queries[s][q] = _spaces[s].Query(items[q]);
        }
        var (rows, scores, counts) = (new int[items.Length][], new float[items.Length][], new int[items.Length]);
        for (var q = 0; q < items.Length; q++)
            (rows[q], scores[q]) = (new int[k], new float[k]);
        var (sums, shared) = (new float[items.Length], new int[items.Length]);
        for (var row = 0; row < _known.Length; row++)
        {
            if (row % 4096 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            Array.Clear(sums);
            Array.Clear(shared);
            for (var s = 0; s < _spaces.Length; s++)
                _spaces[s].Score(_picture.Items[_known[row]], row, queries[s], sums, shared);
            for (var q = 0; q < items.Length; q++)
                if (shared[q] > 0 && sums[q] > 0)
                    new TopK(rows[q], scores[q], ref counts[q]).Offer(row, sums[q] / shared[q]);
        }
        var found = new (int, float)[items.Length][];
        for (var q = 0; q < items.Length; q++)
        {
            var count = new TopK(rows[q], scores[q], ref counts[q]).Sort();
            found[q] = new (int, float)[count];
            for (var i = 0; i < count; i++)
                found[q][i] = (_known[rows[q][i]], scores[q][i]);
        }
        return found;
    }

    /// <summary>One modality: the known items' mean, and what makes a product of raw vectors a cosine of centred ones.</summary>
    private sealed class Space
    {
        private readonly Modality _modality;
        private readonly float[] _mean;

        // Of each known item 1 / length of its centred vector; 0 if it has none of this modality.
        private readonly float[] _inverse;
        private readonly float[] _buffer;

        public Space(Modality modality, ItemsPicture picture, int[] known, CancellationToken cancellationToken)
        {
            (_modality, _inverse, _buffer) = (modality, new float[known.Length], new float[modality.Width]);
            var sums = new double[modality.Width];
            var count = 0;
            foreach (var item in known)
            {
                if (!TryRead(picture.Items[item]))
                    continue;
                count++;
                for (var d = 0; d < sums.Length; d++)
                    sums[d] += _buffer[d];
                if (count % 4096 == 0)
                    cancellationToken.ThrowIfCancellationRequested();
            }
            _mean = Array.ConvertAll(sums, sum => (float)(sum / Math.Max(1, count)));
            for (var row = 0; row < known.Length; row++)
                _inverse[row] = TryRead(picture.Items[known[row]]) ? Centre() : 0;
        }

        /// <summary>The centred vector of a new item, of length 1; empty if it has none.</summary>
        public float[] Query(ItemState item)
        {
            if (!TryRead(item) || Centre() is not (> 0 and var inverse))
                return [];
            var query = (float[])_buffer.Clone();
            TensorPrimitives.Multiply(query, inverse, query);
            return query;
        }

        public void Score(ItemState known, int row, float[][] queries, float[] sums, int[] shared)
        {
            if (_inverse[row] == 0 || !queries.Any(q => q.Length > 0) || !TryRead(known))
                return;
            TensorPrimitives.Subtract(_buffer, _mean, _buffer);
            for (var q = 0; q < queries.Length; q++)
                if (queries[q].Length > 0)
                {
                    sums[q] += TensorPrimitives.Dot<float>(queries[q], _buffer) * _inverse[row];
                    shared[q]++;
                }
        }

        private bool TryRead(ItemState item)
        {
            var vector = item.Feature(_modality.Name);
            if (!vector.IsPresent || vector.Dimension != _modality.Width)
                return false;
            vector.CopyTo(_buffer);
            return true;
        }

        /// <summary>Takes the mean from the vector just read.</summary>
        /// <returns>1 / its length then; 0 if it has no direction.</returns>
        private float Centre()
        {
            TensorPrimitives.Subtract(_buffer, _mean, _buffer);
            var length = TensorPrimitives.Norm<float>(_buffer);
            return length > 0 ? 1 / length : 0;
        }
    }
}
