using System.Diagnostics;
using Google.Protobuf.Collections;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Encoders;

namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// The vectors that a generation's item encoder makes of items that the generation does not know: those that training would give them. Each is made once and
/// kept from one look to the next; of a look only so much time goes into making more, and what is left waits for the next. For one thread.
/// </summary>
/// <param name="encoder">The generation's.</param>
/// <param name="timeOfALook">After how long no more vectors are made; one is made at least.</param>
internal sealed class EncodedItems(ItemEncoder encoder, TimeSpan timeOfALook)
{
    private readonly float[] _features = new float[encoder.Inputs];
    private readonly bool[] _present = new bool[encoder.Modalities.Count];
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The items whose vectors the last look had no time for.</summary>
    public IReadOnlyCollection<string> Waiting => _waiting;

    /// <summary>Whether there are any.</summary>
    public bool HasMore => _waiting.Count > 0;

    /// <summary>The vectors of items whose features the catalogue has; those of the others are forgotten.</summary>
    /// <param name="items">All that the generation does not know.</param>
    /// <returns>By item; none of one whose features are not what the encoder reads.</returns>
    public IReadOnlyDictionary<string, float[]> Look(IReadOnlyCollection<KeyValuePair<string, CatalogueItem>> items)
    {
        var before = _entries;
        _entries = new(StringComparer.Ordinal);
        _waiting.Clear();
        foreach (var (id, _) in items)
            if (before.TryGetValue(id, out var entry))
                _entries.Add(id, entry);
        return LookAt(items);
    }

    /// <summary>The same of some items; those of the others stay.</summary>
    public IReadOnlyDictionary<string, float[]> LookAt(IReadOnlyCollection<KeyValuePair<string, CatalogueItem>> items)
    {
        var (start, isLate) = (Stopwatch.GetTimestamp(), false);
        var vectors = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (var (id, item) in items)
        {
            if (_entries.TryGetValue(id, out var entry) && !entry.IsOf(item.Features))
                Forget([id]);
            if (item.Features.Count == 0)
            {
                _waiting.Remove(id);
                continue;
            }
            if (!_entries.TryGetValue(id, out entry))
            {
                if (isLate)
                {
                    _waiting.Add(id);
                    continue;
                }
                _entries.Add(id, entry = new(item.Features, Encode(item.Features)));
                _waiting.Remove(id);
                isLate = Stopwatch.GetElapsedTime(start) >= timeOfALook;
            }
            if (entry.Vector is { } vector)
                vectors.Add(id, vector);
        }
        return vectors;
    }

    /// <summary>Items are gone.</summary>
    public void Forget(IEnumerable<string> items)
    {
        foreach (var id in items)
        {
            _entries.Remove(id);
            _waiting.Remove(id);
        }
    }

    private float[]? Encode(RepeatedField<CatalogueFeature> features)
    {
        var start = 0;
        foreach (var (m, (name, inputs)) in encoder.Modalities.Index())
        {
            // One that is not mentioned was not asked for: whether the item has it is not known, as with the encoder of another generation.
            if (features.FirstOrDefault(feature => feature.Modality == name) is not { } feature
                || !CatalogueFeatures.TryRead(feature, _features.AsSpan(start, inputs), out _present[m]))
                return null;
            start += inputs;
        }
        var vector = new float[encoder.Width];
        return encoder.TryEncode(_features, _present, vector) && VectorRules.Problem(vector) is null ? vector : null;
    }

    private sealed record Entry(RepeatedField<CatalogueFeature> Features, float[]? Vector)
    {
        // Loading the catalogue anew makes objects anew.
        public bool IsOf(RepeatedField<CatalogueFeature> features) => ReferenceEquals(Features, features) || Features.Equals(features);
    }
}
