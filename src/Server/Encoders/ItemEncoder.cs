using System.Buffers;
using System.Numerics.Tensors;
using Rearm.Streaming.Contracts.Generations;

namespace Rearm.Streaming.Server.Encoders;

/// <summary>
/// Makes an item's vector of its features: the item encoder that the model was trained with, without libtorch. It never changes, and may be used by any number
/// of threads; memory for a call is pooled.
/// </summary>
internal sealed class ItemEncoder
{
    private readonly Modality[] _modalities;
    private readonly FusionLayer? _fusion;

    /// <param name="weights">Checked by <see cref="ItemEncoderWeights.Check"/>.</param>
    public ItemEncoder(ItemEncoderWeights weights)
    {
        Width = weights.Width;
        Modalities = [.. weights.Projections.Select(p => (p.Modality, p.Inputs))];
        Inputs = weights.Projections.Sum(p => p.Inputs);
        _modalities = [.. weights.Projections.Select(p => new Modality(p.Inputs, p.Mean, new(p.Layer)))];
        _fusion = weights.Fusion is { } fusion ? new(Width, fusion) : null;
    }

    /// <summary>Numbers in an item's vector.</summary>
    public int Width { get; }

    /// <summary>What it reads, in order: each modality's name and the numbers of a vector in it.</summary>
    public IReadOnlyList<(string Name, int Inputs)> Modalities { get; }

    /// <summary>Numbers of all modalities together.</summary>
    public int Inputs { get; }

    /// <summary>The vector of an item.</summary>
    /// <param name="features">
    /// Its raw vectors, one modality's after the other's; prepared in place. What stands for one that it does not have is not read.
    /// </param>
    /// <param name="present">Which it has.</param>
    /// <param name="vector">Takes the vector.</param>
    /// <returns>False where there is none: it has no modality, or its features are too long; <paramref name="vector"/> is of no use.</returns>
    public bool TryEncode(Span<float> features, ReadOnlySpan<bool> present, Span<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(features.Length, Inputs);
        ArgumentOutOfRangeException.ThrowIfNotEqual(present.Length, _modalities.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(vector.Length, Width);
        var count = present.Count(true);
        if (count == 0)
            return false;
        var room = _fusion?.Room(count) ?? 0;
        var rented = ArrayPool<float>.Shared.Rent(count * Width + room);
        var tokens = rented.AsSpan(0, count * Width);
        var isWithin = TryProject(features, present, tokens);
        if (isWithin)
        {
            _fusion?.Forward(tokens, rented.AsSpan(tokens.Length, room));
            vector.Clear();
            for (var token = 0; token < count; token++)
                TensorPrimitives.Add(vector, tokens.Slice(token * Width, Width), vector);
            TensorPrimitives.Divide(vector, count, vector);
        }
        ArrayPool<float>.Shared.Return(rented);
        return isWithin;
    }

    private bool TryProject(Span<float> features, ReadOnlySpan<bool> present, Span<float> tokens)
    {
        var (start, token) = (0, 0);
        for (var m = 0; m < _modalities.Length; m++)
        {
            var (inputs, mean, projection) = _modalities[m];
            var own = features.Slice(start, inputs);
            start += inputs;
            if (!present[m])
                continue;
            // Written so that a NaN is refused.
            if (FeaturePreparation.Apply(own, mean) is not <= (double)ItemEncoderWeights.MaxFeatureLength * ItemEncoderWeights.MaxFeatureLength)
                return false;
            projection.Apply(own, tokens.Slice(token++ * Width, Width));
        }
        return true;
    }

    private readonly record struct Modality(int Inputs, float[] Mean, Layer Projection);
}
