using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Ingestor.Validation;

/// <summary>The length of each modality's vectors: the first item that has the modality sets it, for as long as the process lives.</summary>
internal sealed class FeatureDimensions
{
    /// <summary>Modalities of all items together: names made up by a sender can't fill the memory.</summary>
    public const int MaxNames = 64;

    private readonly Dictionary<string, int> _dimensions = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Checks an item that breaks no other rule; one that passes sets what was not set.</summary>
    public Violation? Check(Item item)
    {
        lock (_lock)
        {
            var added = 0;
            foreach (var (name, vector) in item.Features)
                if (!_dimensions.TryGetValue(name, out var dimension))
                    added++;
                else if (dimension != vector.Values.Count)
                    return new($"features[{name}]", $"has {vector.Values.Count} numbers; the items before have {dimension}");
            if (_dimensions.Count + added > MaxNames)
                return new("features", $"modalities {string.Join(", ", item.Features.Keys)} would make more than {MaxNames} different ones");
            if (added > 0)
                foreach (var (name, vector) in item.Features)
                    _dimensions.TryAdd(name, vector.Values.Count);
            return null;
        }
    }
}
