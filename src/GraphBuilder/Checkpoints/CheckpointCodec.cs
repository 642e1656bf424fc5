using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.GraphBuilder.State;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>
/// The checkpoint file: "RGCP", the layout's version, offsets, erasures, items, users with their pairs, and a SHA-256 of all before it.
/// Little endian. Only what events said is kept; graphs are cut from it, so options that shape them may change between runs.
/// </summary>
internal static class CheckpointCodec
{
    public const int Version = 1;

    private static readonly byte[] Magic = "RGCP"u8.ToArray();

    public static void Write(Stream file, GraphState state, IReadOnlyDictionary<TopicPartition, long> offsets)
    {
        using var sha = SHA256.Create();
        using (var hashing = new CryptoStream(file, sha, CryptoStreamMode.Write, leaveOpen: true))
        using (var buffered = new BufferedStream(hashing, 1 << 16))
        using (var writer = new BinaryWriter(buffered, Encoding.UTF8))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write(state.EventTime);
            writer.Write(offsets.Count);
            foreach (var (partition, offset) in offsets)
            {
                writer.Write(partition.Topic);
                writer.Write(partition.Partition.Value);
                writer.Write(offset);
            }
            writer.Write(state.Erasures.Count);
            foreach (var (hash, time) in state.Erasures)
            {
                writer.Write(hash);
                writer.Write(time);
            }
            WriteItems(writer, state, out var numbers);
            WriteUsers(writer, state, numbers);
        }
        file.Write(sha.Hash!);
    }

    /// <exception cref="ContractException">Not a checkpoint, of an unknown version, truncated or damaged.</exception>
    public static Dictionary<TopicPartition, long> Read(Stream file, GraphState state)
    {
        Verify(file);
        try
        {
            using var reader = new BinaryReader(new BufferedStream(file, 1 << 16), Encoding.UTF8, leaveOpen: true);
            reader.ReadBytes(Magic.Length);
            ContractException.RequireVersion("checkpoint", reader.ReadInt32(), Version);
            var eventTime = reader.ReadInt64();
            var offsets = new Dictionary<TopicPartition, long>();
            for (var n = reader.ReadInt32(); n > 0; n--)
                offsets.Add(new(reader.ReadString(), reader.ReadInt32()), reader.ReadInt64());
            for (var n = reader.ReadInt32(); n > 0; n--)
                state.Restore(reader.ReadUInt64(), reader.ReadInt64());
            ReadUsers(reader, state, ReadItems(reader, state));
            if (eventTime >= 0)
                state.ReadUpTo(eventTime);
            state.Cooccurrence.Reset();
            state.Changes.Clear();
            return offsets;
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or ArgumentException)
        {
            throw new ContractException($"The checkpoint is malformed though its checksum holds: {e.Message}", e);
        }
    }

    private static void WriteItems(BinaryWriter writer, GraphState state, out int[] numbers)
    {
        // What nobody has described and nobody touches any more is let go here, and numbers close up.
        var kept = Enumerable.Range(0, state.ItemIds.Count).Where(i => state.Item(i).Described || state.Edges.UsersOf[i].Count > 0).ToArray();
        numbers = new int[state.ItemIds.Count];
        for (var n = 0; n < kept.Length; n++)
            numbers[kept[n]] = n;
        writer.Write(kept.Length);
        foreach (var i in kept)
        {
            var item = state.Item(i);
            writer.Write(state.ItemIds[i]!);
            writer.Write(item.Time);
            writer.Write(item.EventHash);
            writer.Write(item.Deleted);
            writer.Write(item.Available);
            writer.Write(item.Categories.Length);
            foreach (var category in item.Categories)
                writer.Write(category);
            writer.Write(item.Features.Count);
            foreach (var (name, vector) in item.Features)
            {
                writer.Write(name);
                writer.Write(vector.Length);
                writer.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
            }
        }
    }

    private static int[] ReadItems(BinaryReader reader, GraphState state)
    {
        var indices = new int[reader.ReadInt32()];
        for (var n = 0; n < indices.Length; n++)
        {
            var id = reader.ReadString();
            indices[n] = state.EnsureItem(id);
            var item = new ItemState
            {
                Time = reader.ReadInt64(),
                EventHash = reader.ReadUInt64(),
                Deleted = reader.ReadBoolean(),
                Available = reader.ReadBoolean(),
                Categories = ReadStrings(reader),
                Features = ReadFeatures(reader),
            };
            if (item.Described && state.PutItem(id, item) is { } mismatch)
                throw new FormatException($"item {id}, {mismatch}");
        }
        return indices;
    }

    private static string[] ReadStrings(BinaryReader reader)
    {
        var strings = new string[reader.ReadInt32()];
        for (var i = 0; i < strings.Length; i++)
            strings[i] = reader.ReadString();
        return strings;
    }

    private static Dictionary<string, float[]> ReadFeatures(BinaryReader reader)
    {
        var features = new Dictionary<string, float[]>();
        for (var n = reader.ReadInt32(); n > 0; n--)
        {
            var name = reader.ReadString();
            var vector = new float[reader.ReadInt32()];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
            features.Add(name, vector);
        }
        return features;
    }

    private static void WriteUsers(BinaryWriter writer, GraphState state, int[] numbers)
    {
        var kept = Enumerable.Range(0, state.UserIds.Count).Where(u => state.Edges.ItemsOf[u].Count > 0).ToArray();
        writer.Write(kept.Length);
        foreach (var u in kept)
        {
            writer.Write(state.UserIds[u]!);
            var items = state.Edges.ItemsOf[u].Span;
            var touches = state.Edges.TouchesOf(u);
            writer.Write(items.Length);
            for (var e = 0; e < items.Length; e++)
            {
                writer.Write(numbers[items[e]]);
                writer.Write(touches[e].Time);
                writer.Write(touches[e].EventHash);
                writer.Write(touches[e].Weight);
            }
        }
    }

    private static void ReadUsers(BinaryReader reader, GraphState state, int[] items)
    {
        for (var n = reader.ReadInt32(); n > 0; n--)
        {
            var user = state.EnsureUser(reader.ReadString());
            for (var e = reader.ReadInt32(); e > 0; e--)
                state.RestorePair(user, items[reader.ReadInt32()], new(reader.ReadInt64(), reader.ReadUInt64(), reader.ReadSingle()));
        }
    }

    private static void Verify(Stream file)
    {
        var length = file.Length - SHA256.HashSizeInBytes;
        if (length < Magic.Length + sizeof(int))
            throw new ContractException($"The {file.Length} bytes are not a checkpoint: too few.");
        var start = new byte[Magic.Length];
        file.ReadExactly(start);
        if (!start.AsSpan().SequenceEqual(Magic))
            throw new ContractException("The file is not a checkpoint: it does not begin with RGCP.");
        file.Position = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        while (file.Position < length)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(buffer.Length, length - file.Position));
            if (read == 0)
                throw new ContractException("The checkpoint became shorter while it was read.");
            hash.AppendData(buffer, 0, read);
        }
        var expected = new byte[SHA256.HashSizeInBytes];
        file.ReadExactly(expected);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(expected))
            throw new ContractException($"The checkpoint is damaged or truncated: its {file.Length} bytes do not match its checksum.");
        file.Position = 0;
    }
}
