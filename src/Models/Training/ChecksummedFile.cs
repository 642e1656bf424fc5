using System.Security.Cryptography;
using System.Text;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Models.Training;

/// <summary>A file of 4 letters, the layout version (int32), a body, and the SHA-256 of all that. It is written and read as a stream, so it may be of any size.</summary>
internal static class ChecksummedFile
{
    /// <param name="target">Where to.</param>
    /// <param name="magic">The letters.</param>
    /// <param name="version">The layout's.</param>
    /// <param name="body">Writes the body.</param>
    internal static void Write(Stream target, ReadOnlySpan<byte> magic, int version, Action<BinaryWriter> body)
    {
        using var hash = SHA256.Create();
        using (var hashing = new CryptoStream(target, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (var writer = new BinaryWriter(hashing, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(magic);
            writer.Write(version);
            body(writer);
        }
        target.Write(hash.Hash);
    }

    /// <summary>Verifies the checksum before anything of the body is believed.</summary>
    /// <exception cref="ContractException">Not such a file, of an unknown version, truncated or damaged.</exception>
    internal static T Read<T>(Stream file, string what, ReadOnlySpan<byte> magic, int version, Func<BinaryReader, T> body)
    {
        var length = file.Length - SHA256.HashSizeInBytes;
        using var reader = new BinaryReader(file, Encoding.UTF8, leaveOpen: true);
        if (length < magic.Length + sizeof(int) || !reader.ReadBytes(magic.Length).AsSpan().SequenceEqual(magic))
            throw new ContractException($"The {file.Length} bytes are not a {what}.");
        ContractException.RequireVersion(what, reader.ReadInt32(), version);
        var start = file.Position;
        file.Position = 0;
        if (!Hash(file, length).AsSpan().SequenceEqual(reader.ReadBytes(SHA256.HashSizeInBytes)))
            throw new ContractException($"The {what} of {file.Length} bytes is truncated or damaged: its checksum differs.");
        file.Position = start;
        return body(reader);
    }

    private static byte[] Hash(Stream file, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        for (var left = length; left > 0;)
        {
            var read = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, left)));
            if (read == 0)
                break;
            hash.AppendData(buffer.AsSpan(0, read));
            left -= read;
        }
        return hash.GetHashAndReset();
    }
}
