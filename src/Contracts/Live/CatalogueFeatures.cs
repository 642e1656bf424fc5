using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Live;

/// <summary>An item's features in the live catalogue: as the GraphBuilder's state keeps them, so that training would see the same numbers.</summary>
public static class CatalogueFeatures
{
    /// <summary>An item's vector, or that it has none.</summary>
    /// <param name="modality">The modality's name.</param>
    /// <param name="vector">The vector.</param>
    public static CatalogueFeature Write(string modality, ItemVector vector) =>
        new() { Modality = modality, Form = (uint)vector.Form, Numbers = ByteString.CopyFrom(vector.Bytes) };

    /// <summary>Reads a vector.</summary>
    /// <param name="feature">As stored.</param>
    /// <param name="vector">Takes the numbers; zeros where the item has none.</param>
    /// <param name="isPresent">Whether the item has any.</param>
    /// <returns>False if it has another width, an unknown form or numbers that are not finite: <paramref name="vector"/> is of no use.</returns>
    public static bool TryRead(CatalogueFeature feature, Span<float> vector, out bool isPresent)
    {
        var bytes = feature.Numbers.Span;
        isPresent = feature.Form != (uint)VectorForm.None;
        switch (feature.Form)
        {
            case (uint)VectorForm.None when bytes.IsEmpty:
                vector.Clear();
                return true;
            case (uint)VectorForm.Half when bytes.Length == vector.Length * 2:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), vector);
                break;
            case (uint)VectorForm.Full when bytes.Length == vector.Length * sizeof(float):
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(vector);
                break;
            default:
                return false;
        }
        return TensorPrimitives.IsFiniteAll<float>(vector);
    }
}
