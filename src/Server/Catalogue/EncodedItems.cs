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
    private Dictionary<string, Entry> _entries = [];

    /// <summary>Whether items are left whose vectors the last look had no time for.</summary>
    public bool HasMore { get; private set; }

    /// <summary>The vectors of items whose features the catalogue has; those of the others are forgotten.</summary>
    /// <param name="items">All that the generation does not know.</param>
    /// <returns>By item; none of one whose features are not what the encoder reads.</returns>
    public IReadOnlyDictionary<string, float[]> Look(IEnumerable<KeyValuePair<string, CatalogueItem>> items)
    {
        var (start, isLate) = (Stopwatch.GetTimestamp(), false);
        var (entries, vectors) = (new Dictionary<string, Entry>(StringComparer.Ordinal), new Dictionary<string, float[]>(StringComparer.Ordinal));
        HasMore = false;
        foreach (var (id, item) in items)
        {
            if (item.Features.Count == 0)
                continue;
            if (!_entries.TryGetValue(id, out var entry) || !entry.IsOf(item.Features))
            {
                if (isLate)
                {
                    HasMore = true;
                    continue;
                }
                entry = new(item.Features, Encode(item.Features));
                isLate = Stopwatch.GetElapsedTime(start) >= timeOfALook;
            }
            entries.Add(id, entry);
            if (entry.Vector is { } vector)
                vectors.Add(id, vector);
        }
        _entries = entries;
        return vectors;
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
