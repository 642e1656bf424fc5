using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>
/// The snapshot file: "RSNP", the header's length (int32), the header (<see cref="SnapshotHeader"/>), then its sections, one behind
/// the other. All numbers little endian. The header names every section with its type, length and SHA-256.
/// </summary>
public static class SnapshotCodec
{
    /// <summary>The layout version.</summary>
    public const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "RSNP"u8;

    /// <summary>The file's bytes.</summary>
    /// <exception cref="ContractException">It would have more bytes than an array can hold (2 GiB).</exception>
    public static byte[] Write(GraphSnapshot snapshot)
    {
        var sections = SnapshotSection.Of(snapshot);
        // Checked before anything is copied, because the sections alone may take all memory.
        RequireRoom(sections.Sum(s => s.Length));
        var header = new SnapshotHeader { Version = Version };
        header.Offsets.Add(snapshot.Offsets);
        foreach (var (name, value) in snapshot.Settings)
            header.Settings.Add(name, value);
        foreach (var section in sections)
            header.Sections.Add(new Section
            {
                Name = section.Name,
                Type = section.Type,
                Length = section.Length,
                Dimension = section.Dimension,
                Sha256 = ByteString.CopyFrom(SHA256.HashData(section.Bytes())),
            });

        var headerBytes = header.ToByteArray();
        var length = 8 + headerBytes.Length + sections.Sum(s => s.Length);
        RequireRoom(length);
        var file = new byte[length];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), headerBytes.Length);
        headerBytes.CopyTo(file.AsSpan(8));
        var position = 8 + headerBytes.Length;
        foreach (var section in sections)
        {
            section.Bytes().CopyTo(file.AsSpan(position));
            position += (int)section.Length;
        }
        return file;
    }

    /// <summary>Reads and verifies a snapshot file.</summary>
    /// <param name="file">What <see cref="Write"/> gave.</param>
    /// <param name="info">What its manifest says about it.</param>
    /// <exception cref="ContractException">Not a snapshot, of an unknown version, truncated, or damaged.</exception>
    public static GraphSnapshot Read(ReadOnlySpan<byte> file, SnapshotInfo info)
    {
        var header = ReadHeader(file, out var position);
        var sections = new Dictionary<string, (int Start, int Length)>();
        foreach (var section in header.Sections)
        {
            if (section.Length < 0 || section.Length > file.Length - position)
                throw new ContractException($"The snapshot is truncated: section {section.Name} needs {section.Length} bytes, {file.Length - position} are left.");
            var length = (int)section.Length;
            if (!SHA256.HashData(file.Slice(position, length)).AsSpan().SequenceEqual(section.Sha256.Span))
                throw new ContractException($"The snapshot is damaged: section {section.Name} does not match its checksum. Publish a new snapshot.");
            sections[section.Name] = (position, length);
            position += length;
        }
        var reader = new SectionReader(file, sections);

        var userIds = reader.Strings("user_ids");
        var itemIds = reader.Strings("item_ids");
        var modalities = new List<ModalityFeatures>();
        var interest = new List<SparseRows>();
        var semantic = new List<SparseRows>();
        foreach (var section in header.Sections)
        {
            if (!section.Name.StartsWith("features.", StringComparison.Ordinal))
                continue;
            var name = section.Name["features.".Length..];
            modalities.Add(reader.Features(section.Name, name, section.Dimension, itemIds.Length));
            interest.Add(reader.Rows($"user_interest.{name}"));
            semantic.Add(reader.Rows($"item_semantic.{name}"));
        }
        return new GraphSnapshot
        {
            Info = info,
            Offsets = header.Offsets,
            Settings = header.Settings,
            UserIds = userIds,
            ItemIds = itemIds,
            Categories = Split(reader.Strings("categories"), reader.Array<int>("categories.counts")),
            Available = reader.Array<bool>("available"),
            Interactions = new(
                reader.Array<int>("interactions.pointers"), reader.Array<int>("interactions.items"),
                reader.Array<long>("interactions.times"), reader.Array<float>("interactions.weights")),
            Modalities = modalities,
            UserCooccurrence = reader.Rows("user_cooccurrence"),
            ItemCooccurrence = reader.Rows("item_cooccurrence"),
            UserInterest = interest,
            ItemSemantic = semantic,
        };
    }

    private static SnapshotHeader ReadHeader(ReadOnlySpan<byte> file, out int end)
    {
        if (file.Length < 8 || !file[..4].SequenceEqual(Magic))
            throw new ContractException($"The {file.Length} bytes are not a snapshot: they do not begin with RSNP.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(file[4..]);
        if (length < 0 || length > file.Length - 8)
            throw new ContractException($"The snapshot is truncated: its header needs {length} bytes, {file.Length - 8} are there.");
        end = 8 + length;
        try
        {
            var header = SnapshotHeader.Parser.ParseFrom(file.Slice(8, length));
            ContractException.RequireVersion("snapshot", header.Version, Version);
            return header;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ContractException($"The snapshot's header is malformed: {e.Message}", e);
        }
    }

    private static void RequireRoom(long bytes)
    {
        if (bytes > Array.MaxLength)
            throw new ContractException($"The snapshot would have {bytes} bytes; at most 2 GiB: fewer or narrower modalities, or fewer neighbours.");
    }

    private static string[][] Split(string[] values, int[] counts)
    {
        if (counts.Sum() != values.Length)
            throw new ContractException($"The snapshot's categories do not fit together: {values.Length} names for {counts.Sum()} places.");
        var position = 0;
        return Array.ConvertAll(counts, count => values[position..(position += count)]);
    }

    private readonly ref struct SectionReader(ReadOnlySpan<byte> file, Dictionary<string, (int Start, int Length)> sections)
    {
        private readonly ReadOnlySpan<byte> _file = file;

        private ReadOnlySpan<byte> Section(string name) => sections.TryGetValue(name, out var s)
            ? _file.Slice(s.Start, s.Length)
            : throw new ContractException($"The snapshot has no section {name}.");

        public T[] Array<T>(string name) where T : unmanaged => MemoryMarshal.Cast<byte, T>(Section(name)).ToArray();

        public string[] Strings(string name) => [.. StringList.Parser.ParseFrom(Section(name)).Values];

        public ModalityFeatures Features(string section, string name, int dimension, int items)
        {
            var rows = new ItemVector[items];
            VectorRows.Read(name, dimension, Section(section), rows);
            return new(name, dimension, rows);
        }

        public SparseRows Rows(string name) => new(Array<int>($"{name}.pointers"), Array<int>($"{name}.columns"), Array<float>($"{name}.values"));
    }
}
