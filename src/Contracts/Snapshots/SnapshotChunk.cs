using System.Security.Cryptography;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Snapshots;

/// <summary>A part of a section that is yet to be written: how long it is, and how to get its bytes. It costs nothing before it is asked for.</summary>
/// <param name="Elements">Strings, numbers or items in it.</param>
/// <param name="Length">Bytes, at least 1.</param>
/// <param name="Write">Writes all of its bytes to a destination of this length; safe to call beside that of other chunks.</param>
public sealed record SnapshotChunk(int Elements, int Length, SnapshotChunk.Writer Write)
{
    /// <summary>Fills <paramref name="destination"/>.</summary>
    public delegate void Writer(Span<byte> destination);

    /// <summary>Bytes of a chunk where rows allow it: few enough that one command does not delay the others.</summary>
    public const int TargetLength = 1 << 20;

    /// <summary>More bytes than this are cut even within a row's group (<see cref="ChunkCuts"/>).</summary>
    internal const int LargestLength = 4 * TargetLength;

    /// <summary>Describes a chunk by its content.</summary>
    /// <param name="bytes">What <see cref="Write"/> wrote.</param>
    public Chunk Describe(ReadOnlySpan<byte> bytes)
    {
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, sha256);
        return new() { Sha256 = Google.Protobuf.ByteString.CopyFrom(sha256), Length = Length, Elements = Elements };
    }
}
