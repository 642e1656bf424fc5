using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.GraphBuilder.Checkpoints;

/// <summary>
/// What a checkpoint consists of: "RGCP", the layout's version, a number that grows with each checkpoint, offsets, erasures, event types,
/// attributes, the names of its slabs (SHA-256 of their content), and a SHA-256 of all before it. Little endian.
/// </summary>
internal sealed record CheckpointManifest
{
    public const int Version = 5;

    private static ReadOnlySpan<byte> Magic => "RGCP"u8;

    public required long Number { get; init; }

    /// <summary>When its pictures were taken, Unix milliseconds by the writer's clock.</summary>
    public required long TakenAt { get; init; }

    /// <summary>The newest request for checkpoints that the writer had seen by then.</summary>
    public required long Asked { get; init; }

    /// <summary>Records that the writer had yet to read of the place's partitions then.</summary>
    public required long Lag { get; init; }

    /// <summary>The newest event time read, Unix milliseconds; -1 before the first.</summary>
    public required long EventTime { get; init; }

    /// <summary>For each partition the next record to read.</summary>
    public required IReadOnlyDictionary<TopicPartition, long> Offsets { get; init; }

    public required IReadOnlyCollection<KeyValuePair<ulong, long>> Erasures { get; init; }

    /// <summary>The event types whose bits the users' pairs have.</summary>
    public required IReadOnlyList<string> TypeNames { get; init; }

    /// <summary>The items' attributes that were kept; none in a shard's.</summary>
    public required IReadOnlyList<string> AttributeNames { get; init; }

    /// <summary>Names of the slabs of items with their descriptions, in order; none in a shard's.</summary>
    public required IReadOnlyList<string> Items { get; init; }

    /// <summary>Names of the slabs of items' ids, in order, by whose numbers the users' pairs name them.</summary>
    public required IReadOnlyList<string> ItemIds { get; init; }

    /// <summary>Names of the users' slabs, in order.</summary>
    public required IReadOnlyList<string> Users { get; init; }

    public IEnumerable<string> Slabs => [.. Items, .. ItemIds, .. Users];

    /// <summary>Records that it reflects: of two of the same place the one with more is newer, whoever wrote it.</summary>
    public long Progress => Offsets.Values.Sum();

    public byte[] ToBytes()
    {
        var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write(Number);
            writer.Write(TakenAt);
            writer.Write(Asked);
            writer.Write(Lag);
            writer.Write(EventTime);
            writer.Write(Offsets.Count);
            foreach (var (partition, offset) in Offsets)
            {
                writer.Write(partition.Topic);
                writer.Write(partition.Partition.Value);
                writer.Write(offset);
            }
            writer.Write(Erasures.Count);
            foreach (var (hash, time) in Erasures)
            {
                writer.Write(hash);
                writer.Write(time);
            }
            WriteNames(writer, TypeNames);
            WriteNames(writer, AttributeNames);
            WriteNames(writer, Items);
            WriteNames(writer, ItemIds);
            WriteNames(writer, Users);
        }
        bytes.Write(SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
        return bytes.ToArray();
    }

    /// <exception cref="ContractException">Not a manifest, of an unknown version, truncated or damaged.</exception>
    public static CheckpointManifest Read(byte[] bytes)
    {
        var length = bytes.Length - SHA256.HashSizeInBytes;
        if (length < Magic.Length + sizeof(int) || !bytes.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            throw new ContractException($"The {bytes.Length} bytes are not a checkpoint's manifest: they do not begin with RGCP, or are too few.");
        if (!SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
            throw new ContractException($"The manifest is damaged or truncated: its {bytes.Length} bytes do not match its checksum.");
        using var reader = new BinaryReader(new MemoryStream(bytes, Magic.Length, length - Magic.Length));
        ContractException.RequireVersion("checkpoint", reader.ReadInt32(), Version);
        return new()
        {
            Number = reader.ReadInt64(),
            TakenAt = reader.ReadInt64(),
            Asked = reader.ReadInt64(),
            Lag = reader.ReadInt64(),
            EventTime = reader.ReadInt64(),
            Offsets = ReadList(reader, r => KeyValuePair.Create(new TopicPartition(r.ReadString(), r.ReadInt32()), r.ReadInt64())).ToDictionary(),
            Erasures = ReadList(reader, r => KeyValuePair.Create(r.ReadUInt64(), r.ReadInt64())),
            TypeNames = ReadList(reader, r => r.ReadString()),
            AttributeNames = ReadList(reader, r => r.ReadString()),
            Items = ReadList(reader, r => r.ReadString()),
            ItemIds = ReadList(reader, r => r.ReadString()),
            Users = ReadList(reader, r => r.ReadString()),
        };
    }

    private static void WriteNames(BinaryWriter writer, IReadOnlyList<string> names)
    {
        writer.Write(names.Count);
        foreach (var name in names)
            writer.Write(name);
    }

    private static T[] ReadList<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var values = new T[reader.ReadInt32()];
        for (var i = 0; i < values.Length; i++)
            values[i] = read(reader);
        return values;
    }
}
