using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>A part of the snapshot file that is yet to be written: its length is known, and nothing is copied before it is asked for.</summary>
/// <param name="Name">As in the header.</param>
/// <param name="Type">Element type, as in the header.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Bytes">Gives the bytes; only if they are less than 2 GiB.</param>
/// <param name="Dimension">Width of a vector, in a section of vectors.</param>
internal sealed record SnapshotSection(string Name, string Type, long Length, SnapshotSection.Content Bytes, int Dimension = 0)
{
    public delegate ReadOnlySpan<byte> Content();

    /// <summary>All of a snapshot's sections, in the file's order.</summary>
    public static List<SnapshotSection> Of(GraphSnapshot snapshot)
    {
        var sections = new List<SnapshotSection>
        {
            Strings("user_ids", snapshot.UserIds),
            Strings("item_ids", snapshot.ItemIds),
            Strings("categories", [.. snapshot.Categories.SelectMany(c => c)]),
            Array("categories.counts", "int32", snapshot.Categories.Select(c => c.Length).ToArray()),
            Array("available", "uint8", snapshot.Available),
            Array("interactions.pointers", "int32", snapshot.Interactions.Pointers),
            Array("interactions.items", "int32", snapshot.Interactions.Items),
            Array("interactions.times", "int64", snapshot.Interactions.Times),
            Array("interactions.weights", "float32", snapshot.Interactions.Weights),
        };
        sections.AddRange(Rows("user_cooccurrence", snapshot.UserCooccurrence));
        sections.AddRange(Rows("item_cooccurrence", snapshot.ItemCooccurrence));
        for (var m = 0; m < snapshot.Modalities.Count; m++)
        {
            var modality = snapshot.Modalities[m];
            sections.Add(new(
                $"features.{modality.Name}", "vectors", VectorRows.LengthOf(modality, 0, modality.Items), () => VectorRows.Write(modality, 0, modality.Items), modality.Dimension));
            sections.AddRange(Rows($"user_interest.{modality.Name}", snapshot.UserInterest[m]));
            sections.AddRange(Rows($"item_semantic.{modality.Name}", snapshot.ItemSemantic[m]));
        }
        return sections;
    }

    private static IEnumerable<SnapshotSection> Rows(string name, SparseRows rows) =>
    [
        Array($"{name}.pointers", "int32", rows.Pointers),
        Array($"{name}.columns", "int32", rows.Columns),
        Array($"{name}.values", "float32", rows.Values),
    ];

    private static SnapshotSection Array<T>(string name, string type, T[] values) where T : unmanaged =>
        new(name, type, (long)values.Length * Unsafe.SizeOf<T>(), () => MemoryMarshal.AsBytes(values.AsSpan()));

    private static SnapshotSection Strings(string name, string[] values)
    {
        // As protobuf writes a StringList: a tag, the length, the bytes.
        var length = values.Sum(value => Encoding.UTF8.GetByteCount(value) is var bytes ? 1L + CodedOutputStream.ComputeLengthSize(bytes) + bytes : 0);
        return new(name, "utf8", length, () =>
        {
            var list = new StringList();
            list.Values.Add(values);
            return list.ToByteArray();
        });
    }
}
