using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>A section while it is being read: places for all of its elements, filled chunk by chunk in any order.</summary>
internal abstract class SectionContent
{
    /// <summary>Decodes a chunk to its place. Safe to call beside other chunks.</summary>
    /// <param name="first">Its first element's number.</param>
    /// <param name="count">Its elements.</param>
    /// <param name="bytes">Its content.</param>
    /// <exception cref="ContractException">It does not have so many elements.</exception>
    public abstract void Put(int first, int count, ReadOnlySpan<byte> bytes);

    /// <summary>Places for a section; null if its type is unknown.</summary>
    /// <exception cref="ContractException">It has more elements than an array holds.</exception>
    public static SectionContent? For(Section section)
    {
        var count = section.Chunks.Sum(c => (long)c.Elements);
        if (count > Array.MaxLength)
            throw new ContractException($"Section {section.Name} has {count} elements; at most {Array.MaxLength} can be read.");
        return section.Type switch
        {
            SectionNames.Int32 => new Numbers<int>(section.Name, (int)count),
            SectionNames.Int64 => new Numbers<long>(section.Name, (int)count),
            SectionNames.Float32 => new Numbers<float>(section.Name, (int)count),
            SectionNames.Flags => new Numbers<bool>(section.Name, (int)count),
            SectionNames.Utf8 => new Strings(section.Name, (int)count),
            SectionNames.Vectors => new Vectors(section.Name, (int)count, section.Dimension),
            _ => null,
        };
    }

    internal sealed class Numbers<T>(string name, int count) : SectionContent where T : unmanaged
    {
        public T[] Values { get; } = GC.AllocateUninitializedArray<T>(count);

        public override void Put(int first, int count, ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length != (long)count * Unsafe.SizeOf<T>())
                throw new ContractException($"Section {name} does not fit together: {bytes.Length} bytes for {count} elements of {Unsafe.SizeOf<T>()}.");
            bytes.CopyTo(MemoryMarshal.AsBytes(Values.AsSpan(first, count)));
        }
    }

    internal sealed class Strings(string name, int count) : SectionContent
    {
        public string[] Values { get; } = new string[count];

        public override void Put(int first, int count, ReadOnlySpan<byte> bytes)
        {
            var list = StoredMessage.Parse(StringList.Parser, bytes, $"part of section {name}");
            if (list.Values.Count != count)
                throw new ContractException($"Section {name} does not fit together: {list.Values.Count} strings for {count} places.");
            list.Values.CopyTo(Values, first);
        }
    }

    internal sealed class Vectors(string name, int count, int dimension) : SectionContent
    {
        public ItemVector[] Values { get; } = new ItemVector[count];

        public int Dimension => dimension;

        public override void Put(int first, int count, ReadOnlySpan<byte> bytes) => VectorRows.Read(name, dimension, bytes, Values.AsSpan(first, count));
    }
}
