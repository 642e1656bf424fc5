using System.Security.Cryptography;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>Puts a snapshot together from its chunks, each verified as it comes, in any order.</summary>
public sealed class SnapshotDecoder
{
    private readonly SnapshotManifest _manifest;
    private readonly Dictionary<string, SectionContent> _sections = new(StringComparer.Ordinal);
    private readonly List<Place> _places = [];
    private int _missing;

    /// <summary>Makes room for the snapshot.</summary>
    /// <param name="manifest">As <see cref="SnapshotManifestCodec.Read"/> gave it.</param>
    /// <param name="pairsOnly">Makes room only for what <see cref="BuildPairs"/> needs.</param>
    /// <exception cref="ContractException">A section has more elements than an array holds.</exception>
    public SnapshotDecoder(SnapshotManifest manifest, bool pairsOnly = false)
    {
        _manifest = manifest;
        foreach (var section in manifest.Sections)
        {
            if ((pairsOnly && !SectionNames.OfPairs.Contains(section.Name)) || SectionContent.For(section) is not { } content)
                continue;
            _sections[section.Name] = content;
            var (first, part) = (0, 0);
            foreach (var chunk in section.Chunks)
            {
                _places.Add(new(section, part++, chunk, content, first));
                first += chunk.Elements;
            }
        }
        _missing = _places.Count;
    }

    /// <summary>Number of chunks needed.</summary>
    public int Chunks => _places.Count;

    /// <summary>Chunk <paramref name="index"/> of those needed.</summary>
    public Chunk this[int index] => _places[index].Chunk;

    /// <summary>Verifies a chunk and decodes it to its place. Each chunk is put once; safe to call for several of them at a time.</summary>
    /// <param name="index">Which of the chunks needed.</param>
    /// <param name="bytes">Its content; null if it is not there.</param>
    /// <exception cref="ContractException">It is missing, or not the one the manifest describes.</exception>
    public void Put(int index, byte[]? bytes)
    {
        var (section, part, chunk, content, first) = _places[index];
        if (bytes is null)
            throw new ContractException(
                $"Chunk {part} of {section.Chunks.Count} of section {section.Name} ({SnapshotManifestCodec.NameOf(chunk)}) is missing: the snapshot has expired or was not written completely.");
        if (bytes.Length != chunk.Length || !SHA256.HashData(bytes).AsSpan().SequenceEqual(chunk.Sha256.Span))
            throw new ContractException(
                $"Chunk {part} of {section.Chunks.Count} of section {section.Name} ({SnapshotManifestCodec.NameOf(chunk)}) is damaged: {bytes.Length} bytes of {chunk.Length}, or its checksum "
                + "differs. Delete its key in Redis and publish a new snapshot.");
        content.Put(first, chunk.Elements, bytes);
        Interlocked.Decrement(ref _missing);
    }

    /// <summary>The snapshot, once all chunks have been put.</summary>
    /// <exception cref="ContractException">A section is missing, or sections do not fit together.</exception>
    /// <exception cref="InvalidOperationException">Chunks have not been put.</exception>
    public GraphSnapshot Build()
    {
        RequireAll();
        var modalities = new List<ModalityFeatures>();
        var interest = new List<SparseRows>();
        var semantic = new List<SparseRows>();
        foreach (var section in _manifest.Sections)
        {
            if (!section.Name.StartsWith(SectionNames.Features, StringComparison.Ordinal))
                continue;
            var name = section.Name[SectionNames.Features.Length..];
            var vectors = Content<SectionContent.Vectors>(section.Name);
            modalities.Add(new(name, vectors.Dimension, vectors.Values));
            interest.Add(Rows(SectionNames.UserInterest + name));
            semantic.Add(Rows(SectionNames.ItemSemantic + name));
        }
        return new GraphSnapshot
        {
            Info = _manifest.Info,
            Offsets = _manifest.Offsets,
            Settings = _manifest.Settings,
            UserIds = Strings(SectionNames.UserIds),
            ItemIds = Strings(SectionNames.ItemIds),
            Categories = Split(Strings(SectionNames.Categories), Pointers(SectionNames.Categories)),
            Available = Numbers<bool>(SectionNames.Available),
            Interactions = new(
                Pointers(SectionNames.Interactions), Numbers<int>(SectionNames.InteractionItems),
                Numbers<long>(SectionNames.InteractionTimes), Numbers<float>(SectionNames.InteractionWeights)),
            Modalities = modalities,
            UserCooccurrence = Rows(SectionNames.UserCooccurrence),
            ItemCooccurrence = Rows(SectionNames.ItemCooccurrence),
            UserInterest = interest,
            ItemSemantic = semantic,
        };
    }

    /// <summary>Who touched what, and nothing else, once all chunks have been put.</summary>
    /// <inheritdoc cref="Build" path="/exception"/>
    public SnapshotPairs BuildPairs()
    {
        RequireAll();
        return new(
            Strings(SectionNames.UserIds), Strings(SectionNames.ItemIds),
            new(Pointers(SectionNames.Interactions), Numbers<int>(SectionNames.InteractionItems), []));
    }

    private void RequireAll()
    {
        if (_missing > 0)
            throw new InvalidOperationException($"{_missing} of {_places.Count} chunks have not been put.");
    }

    private static string[][] Split(string[] values, int[] pointers)
    {
        if (pointers[^1] != values.Length)
            throw new ContractException($"The snapshot's categories do not fit together: {values.Length} names for {pointers[^1]} places.");
        var split = new string[pointers.Length - 1][];
        for (var item = 0; item < split.Length; item++)
            split[item] = values[pointers[item]..pointers[item + 1]];
        return split;
    }

    private SparseRows Rows(string name) => new(Pointers(name), Numbers<int>(name + SectionNames.Columns), Numbers<float>(name + SectionNames.Values));

    private int[] Pointers(string name)
    {
        var counts = Numbers<int>(name + SectionNames.Counts);
        var pointers = new int[counts.Length + 1];
        for (var row = 0; row < counts.Length; row++)
        {
            var end = (long)pointers[row] + counts[row];
            if (counts[row] < 0 || end > Array.MaxLength)
                throw new ContractException($"Section {name} does not fit together: row {row} begins at {pointers[row]} and has {counts[row]} elements.");
            pointers[row + 1] = (int)end;
        }
        return pointers;
    }

    private T[] Numbers<T>(string name) where T : unmanaged => Content<SectionContent.Numbers<T>>(name).Values;

    private string[] Strings(string name) => Content<SectionContent.Strings>(name).Values;

    private T Content<T>(string name) where T : SectionContent => _sections.GetValueOrDefault(name) switch
    {
        T content => content,
        null => throw new ContractException($"The snapshot has no section {name}, or one of an unknown type."),
        _ => throw new ContractException($"Section {name} of the snapshot has another type than this program reads."),
    };

    private readonly record struct Place(Section Section, int Part, Chunk Chunk, SectionContent Content, int First);
}
