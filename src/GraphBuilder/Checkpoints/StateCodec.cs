using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>
/// A slab of users, of items or of items' ids as bytes, little endian. Only what events said is kept; graphs are cut from it, so options that shape them
/// may change between runs.
/// </summary>
internal static class StateCodec
{
    public static void WriteUsers(BinaryWriter writer, ReadOnlySpan<byte[]?> ids, ReadOnlySpan<UserRow> rows)
    {
        var known = 0;
        foreach (var id in ids)
            known += id is null ? 0 : 1;
        writer.Write7BitEncodedInt(known);
        for (var u = 0; u < ids.Length; u++)
        {
            if (ids[u] is not { } id)
                continue;
            WriteId(writer, id);
            writer.Write7BitEncodedInt64(rows[u].ErasedUntil);
            writer.Write7BitEncodedInt(rows[u].Count);
            writer.Write(MemoryMarshal.AsBytes(rows[u].Pairs));
        }
    }

    public static void ReadUsers(BinaryReader reader, UserShard shard, ItemNumbers items, TypeBits types)
    {
        var pairs = Array.Empty<Pair>();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var id = ReadId(reader);
            var erasedUntil = reader.Read7BitEncodedInt64();
            var count = reader.Read7BitEncodedInt();
            if (count > pairs.Length)
                pairs = new Pair[count * 2];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(pairs.AsSpan(0, count)));
            items.Translate(pairs.AsSpan(0, count));
            types.Translate(pairs.AsSpan(0, count));
            shard.RestoreUser(id, erasedUntil, pairs.AsSpan(0, count));
        }
    }

    public static void WriteItemIds(BinaryWriter writer, ReadOnlySpan<byte[]?> ids)
    {
        writer.Write7BitEncodedInt(ids.Length);
        foreach (var id in ids)
            WriteId(writer, id!);
    }

    public static void ReadItemIds(BinaryReader reader, ItemNumbers items)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            items.Add(ReadId(reader));
    }

    public static void WriteItems(BinaryWriter writer, ReadOnlySpan<byte[]?> ids, ReadOnlySpan<ItemState> items)
    {
        writer.Write7BitEncodedInt(ids.Length);
        for (var i = 0; i < ids.Length; i++)
        {
            var item = items[i];
            WriteId(writer, ids[i]!);
            writer.Write(item.Time);
            writer.Write(item.Deleted);
            writer.Write(item.Available);
            writer.Write7BitEncodedInt(item.Categories.Length);
            foreach (var category in item.Categories)
                writer.Write(category);
            writer.Write7BitEncodedInt(item.Attributes.Length);
            foreach (var (name, value) in item.Attributes)
            {
                writer.Write(name);
                writer.Write(value);
            }
            writer.Write7BitEncodedInt(item.Features.Length);
            foreach (var (modality, vector) in item.Features)
            {
                writer.Write(modality);
                writer.Write((byte)vector.Form);
                writer.Write7BitEncodedInt(vector.Bytes.Length);
                writer.Write(vector.Bytes);
            }
        }
    }

    public static void ReadItems(BinaryReader reader, GraphState state)
    {
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            state.RestoreItem(ReadId(reader), new()
            {
                Time = reader.ReadInt64(),
                Deleted = reader.ReadBoolean(),
                Available = reader.ReadBoolean(),
                Categories = ReadArray(reader, r => r.ReadString()),
                Attributes = state.AttributeNames.Of(ReadArray(reader, r => new ItemAttribute(string.Intern(r.ReadString()), r.ReadString()))),
                Features = ReadArray(reader, r => new ItemFeature(string.Intern(r.ReadString()), ReadVector(r))),
            });
    }

    private static void WriteId(BinaryWriter writer, byte[] id)
    {
        writer.Write7BitEncodedInt(id.Length);
        writer.Write(id);
    }

    private static byte[] ReadId(BinaryReader reader) => reader.ReadBytes(reader.Read7BitEncodedInt());

    private static T[] ReadArray<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var values = new T[reader.Read7BitEncodedInt()];
        for (var i = 0; i < values.Length; i++)
            values[i] = read(reader);
        return values;
    }

    private static ItemVector ReadVector(BinaryReader reader)
    {
        var form = (VectorForm)reader.ReadByte();
        return ItemVector.Read(form, reader.ReadBytes(reader.Read7BitEncodedInt()));
    }
}
