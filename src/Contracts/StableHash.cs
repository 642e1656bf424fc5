using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Rearm.Streaming.Contracts;

/// <summary>
/// The hash that breaks ties between ids: the same in every run, process and release, and unrelated to arrival order.
/// </summary>
public static class StableHash
{
    /// <summary>The first 64 bits of the id's SHA-256 (UTF-8, big endian).</summary>
    public static ulong Of(string id) => Of(Encoding.UTF8.GetBytes(id));

    /// <inheritdoc cref="Of(string)"/>
    /// <param name="id">UTF-8.</param>
    public static ulong Of(ReadOnlySpan<byte> id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(id, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    /// <summary>One hash per id.</summary>
    public static ulong[] Of(IReadOnlyList<string> ids)
    {
        var hashes = new ulong[ids.Count];
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = Of(ids[i]);
        return hashes;
    }
}
