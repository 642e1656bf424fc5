using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Storage.Live;

/// <summary>
/// What goes for all of a user's history: byte 0 the layout's version, bytes 1 to 4 the partition of the log that the user is in (little endian), then the
/// names of the event types, those of the bits 0, 1, ... in order, with commas between.
/// </summary>
/// <param name="Bytes">As stored; empty where there is none.</param>
public readonly record struct HistoryHeader(ReadOnlyMemory<byte> Bytes)
{
    private const byte Version = 1;
    private const int NamesAt = 1 + sizeof(int);

    /// <summary>The user's partition of the log; null: not known.</summary>
    public int? Partition => Bytes.IsEmpty ? null : BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span[1..]);

    /// <summary>Checks what Redis has.</summary>
    /// <exception cref="ContractException">Malformed, or of a version that is not known.</exception>
    public static HistoryHeader Read(ReadOnlyMemory<byte> bytes) => bytes.Length >= NamesAt && bytes.Span[0] == Version
        ? new(bytes)
        : throw new ContractException($"The header of a user's history has {bytes.Length} bytes, or another version than {Version}: restart the GraphBuilder, which writes all again.");

    /// <summary>The header of a partition's users.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="types">Names of event types, at most 8, without commas.</param>
    public static byte[] Write(int partition, IReadOnlyList<string> types)
    {
        byte[] header = [Version, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(string.Join(',', types))];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(1), partition);
        return header;
    }

    /// <summary>The bits of some types; a name that is not among the history's has none.</summary>
    public byte BitsOf(IReadOnlyList<string> types)
    {
        var bits = 0;
        if (Bytes.Length <= NamesAt)
            return 0;
        Span<byte> name = stackalloc byte[256];
        var names = Bytes.Span[NamesAt..];
        for (var t = 0; t < types.Count; t++)
        {
            if (Utf8.FromUtf16(types[t], name, out _, out var length) != System.Buffers.OperationStatus.Done)
                continue;
            var bit = 0;
            foreach (var range in names.Split((byte)','))
            {
                if (names[range].SequenceEqual(name[..length]))
                    bits |= 1 << bit;
                bit++;
            }
        }
        return (byte)bits;
    }
}
