// TorchSharp's own format: element type, number of dimensions, sizes (all LEB128), then the elements as they lie in memory.
namespace TorchSharp;

public static partial class TensorExtensionMethods
{
    /// <summary>Writes type, shape and elements.</summary>
    public static unsafe void Save(this torch.Tensor tensor, BinaryWriter writer)
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var here = tensor.cpu().contiguous();
        Leb128.Write(writer, (long)here.dtype);
        var shape = here.shape;
        Leb128.Write(writer, shape.Length);
        foreach (var size in shape)
            Leb128.Write(writer, size);
        writer.Flush();
        var data = (byte*)here.DataPointer();
        for (long at = 0, total = here.numel() * here.ElementSize; at < total;)
        {
            var count = (int)Math.Min(1 << 20, total - at);
            writer.BaseStream.Write(new ReadOnlySpan<byte>(data + at, count));
            at += count;
        }
    }

    /// <summary>Overwrites the tensor with what <see cref="Save"/> wrote.</summary>
    /// <param name="tensor">The target, on any device.</param>
    /// <param name="reader">Where to read.</param>
    /// <param name="skip">Whether the elements are read over and the target left alone.</param>
    /// <exception cref="ArgumentException">Type or shape differ.</exception>
    /// <exception cref="EndOfStreamException">The data end too soon.</exception>
    public static void Load(this torch.Tensor tensor, BinaryReader reader, bool skip = false)
    {
        using var scope = torch.NewDisposeScope();
        using var off = torch.no_grad();
        var loaded = torch.Tensor.Load(reader);
        if (loaded.dtype != tensor.dtype)
            throw new ArgumentException($"The saved tensor is {loaded.dtype}, this one {tensor.dtype}.");
        if (!loaded.shape.AsSpan().SequenceEqual(tensor.shape))
            throw new ArgumentException($"The saved tensor has shape [{string.Join(", ", loaded.shape)}], this one [{string.Join(", ", tensor.shape)}].");
        if (!skip)
            tensor.copy_(loaded);
    }
}

public static partial class torch
{
    private const long LargestDimension = 64;

    public unsafe partial class Tensor
    {
        /// <summary>A new tensor on the CPU from what <c>Save</c> wrote.</summary>
        /// <exception cref="InvalidDataException">It is no tensor.</exception>
        /// <exception cref="EndOfStreamException">The data end too soon.</exception>
        public static Tensor Load(BinaryReader reader)
        {
            var type = Leb128.Read(reader);
            var dimensions = Leb128.Read(reader);
            if (!Enum.IsDefined((ScalarType)Math.Clamp(type, -1, sbyte.MaxValue)) || dimensions is < 0 or > LargestDimension)
                throw new InvalidDataException($"This is no saved tensor: type {type}, {dimensions} dimensions.");
            var shape = new long[dimensions];
            for (var i = 0; i < shape.Length; i++)
                if ((shape[i] = Leb128.Read(reader)) < 0)
                    throw new InvalidDataException($"This is no saved tensor: size {shape[i]}.");
            var tensor = empty(shape, (ScalarType)type);
            try
            {
                var data = (byte*)tensor.DataPointer();
                for (long at = 0, total = tensor.numel() * tensor.ElementSize; at < total;)
                {
                    var count = (int)Math.Min(1 << 20, total - at);
                    reader.BaseStream.ReadExactly(new Span<byte>(data + at, count));
                    at += count;
                }
                return tensor;
            }
            catch
            {
                tensor.Dispose();
                throw;
            }
        }

        /// <summary>A new tensor on the CPU from what <c>Save</c> wrote.</summary>
        public static Tensor Load(Stream stream)
        {
            using var reader = new BinaryReader(stream);
            return Load(reader);
        }

        /// <summary>A new tensor on the CPU from a file that <c>Save</c> wrote.</summary>
        public static Tensor Load(string location)
        {
            using var stream = File.OpenRead(location);
            return Load(stream);
        }
    }
}

/// <summary>Integers of variable length, seven bits a byte, the lowest first.</summary>
internal static class Leb128
{
    internal static void Write(BinaryWriter writer, long value) => writer.Write7BitEncodedInt64(value);
    internal static long Read(BinaryReader reader) => reader.Read7BitEncodedInt64();
}
