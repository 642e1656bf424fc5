using System.Buffers.Binary;

namespace Rearm.Streaming.ServiceDefaults.UnitTests.Kafka;

/// <summary>The hash by which Kafka's Java client chooses a key's partition.</summary>
internal static class Murmur2
{
    public static int Of(ReadOnlySpan<byte> key)
    {
        const uint M = 0x5bd1e995;
        var hash = 0x9747b28c ^ (uint)key.Length;
        for (; key.Length >= 4; key = key[4..])
        {
            var k = BinaryPrimitives.ReadUInt32LittleEndian(key) * M;
            k = (k ^ (k >> 24)) * M;
            hash = (hash * M) ^ k;
        }
        if (key.Length > 2)
            hash ^= (uint)key[2] << 16;
        if (key.Length > 1)
            hash ^= (uint)key[1] << 8;
        if (key.Length > 0)
            hash = (hash ^ key[0]) * M;
        hash = (hash ^ (hash >> 13)) * M;
        return (int)(hash ^ (hash >> 15));
    }
}
