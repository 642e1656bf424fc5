using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>A part of a snapshot that is yet to be written.</summary>
/// <param name="Name">As in the manifest.</param>
/// <param name="Type">Element type, as in the manifest.</param>
/// <param name="Dimension">Width of a vector, in a section of vectors; else 0.</param>
/// <param name="Chunks">Its parts, in order.</param>
public sealed record SnapshotSection(string Name, string Type, int Dimension, IEnumerable<SnapshotChunk> Chunks)
{
    // Ids are up to 256 bytes, most of them far less; categories up to 32 x 128 bytes an item, most have a few.
    private const int IdsPerChunk = 16 * 1024;
    private const int ItemsPerCategoryChunk = 4 * 1024;

    /// <summary>All of a snapshot's sections.</summary>
    public static IReadOnlyList<SnapshotSection> Of(GraphSnapshot snapshot)
    {
        var categories = snapshot.Categories.SelectMany(c => c).ToArray();
        int[] ofItem = [0, .. snapshot.Categories.Select(c => c.Length)];
        for (var item = 1; item < ofItem.Length; item++)
            ofItem[item] += ofItem[item - 1];
        var interactions = snapshot.Interactions;
        var sections = new List<SnapshotSection>
        {
            Strings(SectionNames.UserIds, snapshot.UserIds, Cuts(snapshot.Users, IdsPerChunk)),
            Strings(SectionNames.ItemIds, snapshot.ItemIds, Cuts(snapshot.Items, IdsPerChunk)),
            Strings(SectionNames.Categories, categories, Cuts(snapshot.Items, ItemsPerCategoryChunk)
                .Select(c => (ofItem[c.First], ofItem[c.First + c.Count] - ofItem[c.First])).Where(c => c.Item2 > 0)),
            Counts(SectionNames.Categories, ofItem),
            Array(SectionNames.Available, SectionNames.Flags, snapshot.Available),
            Counts(SectionNames.Interactions, interactions.Pointers),
            Array(SectionNames.InteractionItems, SectionNames.Int32, interactions.Items, interactions.Pointers),
            Array(SectionNames.InteractionTimes, SectionNames.Int64, interactions.Times, interactions.Pointers),
            Array(SectionNames.InteractionWeights, SectionNames.Float32, interactions.Weights, interactions.Pointers),
        };
        sections.AddRange(Rows(SectionNames.UserCooccurrence, snapshot.UserCooccurrence));
        sections.AddRange(Rows(SectionNames.ItemCooccurrence, snapshot.ItemCooccurrence));
        for (var m = 0; m < snapshot.Modalities.Count; m++)
        {
            var modality = snapshot.Modalities[m];
            sections.Add(Vectors(modality));
            sections.AddRange(Rows(SectionNames.UserInterest + modality.Name, snapshot.UserInterest[m]));
            sections.AddRange(Rows(SectionNames.ItemSemantic + modality.Name, snapshot.ItemSemantic[m]));
        }
        return sections;
    }

    private static IEnumerable<SnapshotSection> Rows(string name, SparseRows rows) =>
    [
        Counts(name, rows.Pointers),
        Array(name + SectionNames.Columns, SectionNames.Int32, rows.Columns, rows.Pointers),
        Array(name + SectionNames.Values, SectionNames.Float32, rows.Values, rows.Pointers),
    ];

    // Not the pointers themselves: one row that grows changes all that follow.
    private static SnapshotSection Counts(string name, int[] pointers)
    {
        var counts = new int[pointers.Length - 1];
        for (var row = 0; row < counts.Length; row++)
            counts[row] = pointers[row + 1] - pointers[row];
        return Array(name + SectionNames.Counts, SectionNames.Int32, counts);
    }

    private static SnapshotSection Array<T>(string name, string type, T[] values, int[]? pointers = null) where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        var cuts = pointers is null || values.Length == 0 ? ChunkCuts.Even(values.Length, size) : ChunkCuts.BetweenRows(pointers, size);
        return new(name, type, 0, cuts.Select(cut => new SnapshotChunk(
            cut.Count, cut.Count * size, destination => MemoryMarshal.AsBytes(values.AsSpan(cut.First, cut.Count)).CopyTo(destination))));
    }

    private static SnapshotSection Vectors(ModalityFeatures modality) =>
        new(SectionNames.Features + modality.Name, SectionNames.Vectors, modality.Dimension, ChunkCuts.Even(modality.Items, 2L * modality.Dimension + 1).Select(cut => new SnapshotChunk(
            cut.Count, VectorRows.LengthOf(modality, cut.First, cut.Count), destination => VectorRows.Write(modality, cut.First, cut.Count, destination))));

    private static SnapshotSection Strings(string name, string[] values, IEnumerable<(int First, int Count)> cuts) =>
        new(name, SectionNames.Utf8, 0, cuts.Select(cut => new SnapshotChunk(cut.Count, LengthOf(values.AsSpan(cut.First, cut.Count)), destination =>
        {
            var list = new StringList();
            list.Values.AddRange(values.AsSpan(cut.First, cut.Count));
            list.WriteTo(destination);
        })));

    // As protobuf writes a StringList: a tag, the length, the bytes.
    private static int LengthOf(ReadOnlySpan<string> values)
    {
        var length = 0;
        foreach (var value in values)
            length += Encoding.UTF8.GetByteCount(value) is var bytes ? 1 + CodedOutputStream.ComputeLengthSize(bytes) + bytes : 0;
        return length;
    }

    private static IEnumerable<(int First, int Count)> Cuts(int count, int step)
    {
        for (var first = 0; first < count; first += step)
            yield return (first, Math.Min(step, count - first));
    }
}
