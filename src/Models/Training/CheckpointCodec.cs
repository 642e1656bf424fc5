using System.Runtime.InteropServices;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// The checkpoint file: "RMDL", the layout version, user ids, item ids, parameters (name, shape, float32 values), the optimizer's moments (name, steps,
/// means, squares), whether it is described, and if so the model, its hyper-parameters, the run and what it started from; and a checksum. Lists begin with
/// their length; numbers are little endian.
/// </summary>
public static class CheckpointCodec
{
    private const string What = "trainer checkpoint";
    private const int Version = 3;
    private const int Piece = 1 << 20;
    private static readonly byte[] Magic = "RMDL"u8.ToArray();

    /// <summary>Writes a file.</summary>
    public static void Write(Stream file, ModelCheckpoint checkpoint) => ChecksummedFile.Write(file, Magic, Version, writer => Write(writer, checkpoint));

    /// <summary>Reads and verifies a file.</summary>
    /// <exception cref="ContractException">Not a checkpoint, of an unknown version, truncated or damaged.</exception>
    public static ModelCheckpoint Read(Stream file) => ChecksummedFile.Read(file, What, Magic, Version, Read);

    internal static void Write(BinaryWriter writer, ModelCheckpoint checkpoint)
    {
        WriteStrings(writer, checkpoint.UserIds);
        WriteStrings(writer, checkpoint.ItemIds);
        writer.Write(checkpoint.Parameters.Count);
        foreach (var parameter in checkpoint.Parameters)
        {
            writer.Write(parameter.Name);
            writer.Write(parameter.Shape.Length);
            foreach (var size in parameter.Shape)
                writer.Write(size);
            WriteFloats(writer, parameter.Values);
        }
        writer.Write(checkpoint.Moments.Count);
        foreach (var moments in checkpoint.Moments)
        {
            writer.Write(moments.Name);
            writer.Write(moments.Steps);
            WriteFloats(writer, moments.Mean);
            WriteFloats(writer, moments.Square);
        }
        writer.Write(checkpoint.Description is not null);
        if (checkpoint.Description is { } description)
            Write(writer, description);
    }

    internal static ModelCheckpoint Read(BinaryReader reader)
    {
        var users = ReadStrings(reader);
        var items = ReadStrings(reader);
        var parameters = new NamedArray[reader.ReadInt32()];
        for (var p = 0; p < parameters.Length; p++)
        {
            var name = reader.ReadString();
            var shape = new long[reader.ReadInt32()];
            for (var i = 0; i < shape.Length; i++)
                shape[i] = reader.ReadInt64();
            parameters[p] = new(name, shape, ReadFloats(reader));
        }
        var moments = new ParameterMoments[reader.ReadInt32()];
        for (var m = 0; m < moments.Length; m++)
            moments[m] = new(reader.ReadString(), reader.ReadInt32(), ReadFloats(reader), ReadFloats(reader));
        return new(users, items, parameters) { Moments = moments, Description = reader.ReadBoolean() ? ReadDescription(reader) : null };
    }

    private static void Write(BinaryWriter writer, CheckpointDescription description)
    {
        writer.Write(description.Model);
        writer.Write(description.HyperParameters.Count);
        foreach (var (name, value) in description.HyperParameters)
        {
            writer.Write(name);
            writer.Write(value);
        }
        writer.Write(description.Run);
        writer.Write(description.StartedFrom);
    }

    private static CheckpointDescription ReadDescription(BinaryReader reader)
    {
        var model = reader.ReadString();
        var parameters = new Dictionary<string, string>();
        for (var left = reader.ReadInt32(); left > 0; left--)
            parameters.Add(reader.ReadString(), reader.ReadString());
        return new(model, parameters, reader.ReadString(), reader.ReadString());
    }

    private static void WriteFloats(BinaryWriter writer, float[] values)
    {
        writer.Write(values.Length);
        // One piece at a time: a span of bytes ends at 2 GiB.
        for (var start = 0; start < values.Length; start += Piece)
            writer.Write(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(Piece, values.Length - start))));
    }

    private static float[] ReadFloats(BinaryReader reader)
    {
        var values = new float[reader.ReadInt32()];
        for (var start = 0; start < values.Length; start += Piece)
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(Piece, values.Length - start))));
        return values;
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
