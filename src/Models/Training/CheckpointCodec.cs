using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// The checkpoint file: "RMDL", the layout version (int32), user ids, item ids, parameters (name, shape, float32 values), and the SHA-256 of
/// all of it. Lists begin with their length; numbers are little endian.
/// </summary>
public static class CheckpointCodec
{
    private const int Version = 1;
    private static readonly byte[] Magic = "RMDL"u8.ToArray();

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(ModelCheckpoint checkpoint)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(Version);
            WriteStrings(writer, checkpoint.UserIds);
            WriteStrings(writer, checkpoint.ItemIds);
            writer.Write(checkpoint.Parameters.Count);
            foreach (var parameter in checkpoint.Parameters)
            {
                writer.Write(parameter.Name);
                writer.Write(parameter.Shape.Length);
                foreach (var size in parameter.Shape)
                    writer.Write(size);
                writer.Write(MemoryMarshal.AsBytes(parameter.Values.AsSpan()));
            }
        }
        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();
    }

    /// <summary>Reads and verifies a file.</summary>
    /// <exception cref="ContractException">Not a checkpoint, of an unknown version, truncated or damaged.</exception>
    public static ModelCheckpoint Read(byte[] file)
    {
        if (file.Length < Magic.Length + sizeof(int) + SHA256.HashSizeInBytes || !file.AsSpan(0, Magic.Length).SequenceEqual(Magic))
            throw new ContractException($"The {file.Length} bytes are not a trainer checkpoint.");
        var body = file.AsSpan(0, file.Length - SHA256.HashSizeInBytes);
        ContractException.RequireVersion("trainer checkpoint", BitConverter.ToInt32(file, Magic.Length), Version);
        if (!SHA256.HashData(body).AsSpan().SequenceEqual(file.AsSpan(body.Length)))
            throw new ContractException($"The trainer checkpoint of {file.Length} bytes is truncated or damaged: its checksum differs.");

        using var reader = new BinaryReader(new MemoryStream(file, Magic.Length + sizeof(int), body.Length - Magic.Length - sizeof(int)), Encoding.UTF8);
        var users = ReadStrings(reader);
        var items = ReadStrings(reader);
        var parameters = new NamedArray[reader.ReadInt32()];
        for (var p = 0; p < parameters.Length; p++)
        {
            var name = reader.ReadString();
            var shape = new long[reader.ReadInt32()];
            for (var i = 0; i < shape.Length; i++)
                shape[i] = reader.ReadInt64();
            var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            parameters[p] = new(name, shape, values);
        }
        return new(users, items, parameters);
    }

    private static void WriteStrings(BinaryWriter writer, string[] values)
    {
        writer.Write(values.Length);
        foreach (var value in values)
            writer.Write(value);
    }

    private static string[] ReadStrings(BinaryReader reader)
    {
        var values = new string[reader.ReadInt32()];
        for (var i = 0; i < values.Length; i++)
            values[i] = reader.ReadString();
        return values;
    }
}
