using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>
/// The hash of a snapshot's content, independent of the order in which ids arrived: users and items are taken in ordinal order of
/// their external ids, and every dense index is translated to that order. Offsets, numbers and times of publication are not part of it.
/// </summary>
public static class SnapshotHash
{
    /// <summary>SHA-256 of the canonical content, lower-case hex.</summary>
    public static string Compute(GraphSnapshot snapshot)
    {
        using var writer = new CanonicalWriter();
        var users = Ranks(snapshot.UserIds, out var userOrder);
        var items = Ranks(snapshot.ItemIds, out var itemOrder);

        foreach (var (name, value) in snapshot.Settings.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            writer.Write(name);
            writer.Write(value);
        }
        writer.Write(userOrder.Length);
        foreach (var u in userOrder)
            writer.Write(snapshot.UserIds[u]);
        writer.Write(itemOrder.Length);
        foreach (var i in itemOrder)
        {
            writer.Write(snapshot.ItemIds[i]);
            writer.Write(snapshot.Available[i] ? 1 : 0);
            writer.Write(snapshot.Categories[i].Length);
            foreach (var category in snapshot.Categories[i])
                writer.Write(category);
        }
        WriteInteractions(writer, snapshot.Interactions, userOrder, items);
        foreach (var modality in snapshot.Modalities)
        {
            writer.Write(modality.Name);
            writer.Write(modality.Dimension);
            foreach (var i in itemOrder)
            {
                // As it is stored: the same numbers are always kept in the same form.
                writer.Write((int)modality[i].Form);
                writer.Write(modality[i].Bytes);
            }
        }
        WriteGraph(writer, snapshot.UserCooccurrence, userOrder, users);
        WriteGraph(writer, snapshot.ItemCooccurrence, itemOrder, items);
        foreach (var graph in snapshot.UserInterest)
            WriteGraph(writer, graph, userOrder, users);
        foreach (var graph in snapshot.ItemSemantic)
            WriteGraph(writer, graph, itemOrder, items);
        return writer.Finish();
    }

    private static void WriteInteractions(CanonicalWriter writer, InteractionMatrix interactions, int[] userOrder, int[] itemRanks)
    {
        foreach (var u in userOrder)
        {
            var start = interactions.Pointers[u];
            var entries = Enumerable.Range(start, interactions.Pointers[u + 1] - start).OrderBy(e => itemRanks[interactions.Items[e]]).ToArray();
            writer.Write(entries.Length);
            foreach (var e in entries)
            {
                writer.Write(itemRanks[interactions.Items[e]]);
                writer.Write(interactions.Times[e]);
                writer.Write(BitConverter.SingleToInt32Bits(interactions.Weights[e]));
            }
        }
    }

    private static void WriteGraph(CanonicalWriter writer, SparseRows graph, int[] order, int[] ranks)
    {
        foreach (var row in order)
        {
            var columns = graph.RowColumns(row);
            writer.Write(columns.Length);
            foreach (var column in columns)
                writer.Write(ranks[column]);
            writer.Write(MemoryMarshal.AsBytes(graph.RowValues(row)));
        }
    }

    private static int[] Ranks(string[] ids, out int[] order)
    {
        order = new int[ids.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort((string[])ids.Clone(), order, StringComparer.Ordinal);
        var ranks = new int[ids.Length];
        for (var rank = 0; rank < order.Length; rank++)
            ranks[order[rank]] = rank;
        return ranks;
    }

    private sealed class CanonicalWriter : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _used;

        public void Write(int value) => Write(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));

        public void Write(long value) => Write(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value)));

        public void Write(string value)
        {
            var bytes = Encoding.UTF8.GetBytes(value);
            Write(bytes.Length);
            Write(bytes);
        }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            if (bytes.Length > _buffer.Length - _used)
            {
                _hash.AppendData(_buffer.AsSpan(0, _used));
                _used = 0;
                if (bytes.Length > _buffer.Length)
                {
                    _hash.AppendData(bytes);
                    return;
                }
            }
            bytes.CopyTo(_buffer.AsSpan(_used));
            _used += bytes.Length;
        }

        public string Finish()
        {
            _hash.AppendData(_buffer.AsSpan(0, _used));
            return Convert.ToHexStringLower(_hash.GetHashAndReset());
        }

        public void Dispose() => _hash.Dispose();
    }
}
