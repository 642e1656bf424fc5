using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Rearm.Streaming.Testing;

/// <summary>Messages of any type with whatever may stand in their fields, mostly at the edges of what a sender could think of.</summary>
public sealed class RandomMessages(int seed)
{
    private const int MaxDepth = 3;
    private const int ManyEntries = 1200;

    private static readonly string[] Texts =
    [
        "", " ", "a", "b", "east", "../..", "a/b", "%2F", "null", "0", "-1", "{}", "\0", "\n", "\u202e", "é", "\U0001F6D2", "' OR 1=1 --", "{user}", new('x', 300), new('y', 5000),
    ];

    private static readonly double[] Numbers =
        [0, -0.0, 1, -1, 0.5, 1.0000001, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, float.MaxValue, 1e-40];

    private static readonly long[] Integers = [0, 1, 2, 10, 1000, 1001, -1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];

    private readonly Random _random = new(seed);

    /// <summary>A message with random fields.</summary>
    public IMessage Create(MessageDescriptor type) => Create(type, 0);

    /// <summary>The bytes of such a message, often cut short or with some of them changed; or bytes of no message at all.</summary>
    public byte[] Bytes(MessageDescriptor type)
    {
        var bytes = _random.Next(4) == 0 ? new byte[_random.Next(64)] : Create(type).ToByteArray();
        if (_random.Next(3) == 0)
            _random.NextBytes(bytes.AsSpan(bytes.Length / 2));
        return _random.Next(3) == 0 ? bytes[..(bytes.Length * 2 / 3)] : bytes;
    }

    private IMessage Create(MessageDescriptor type, int depth)
    {
        var message = type.Parser.ParseFrom(ReadOnlySpan<byte>.Empty.ToArray());
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            if (_random.Next(3) == 0)
                continue;
            if (field.IsMap)
                continue;
            if (!field.IsRepeated)
            {
                if (Value(field, depth) is { } value)
                    field.Accessor.SetValue(message, value);
                continue;
            }
            var list = (System.Collections.IList)field.Accessor.GetValue(message);
            var count = _random.Next(20) == 0 && depth == 0 ? ManyEntries : _random.Next(4);
            for (var i = 0; i < count; i++)
                if (Value(field, depth) is { } entry)
                    list.Add(entry);
        }
        return message;
    }

    private object? Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => Pick(Texts),
        FieldType.Bytes => ByteString.CopyFrom(new byte[_random.Next(20)]),
        FieldType.Bool => _random.Next(2) == 0,
        FieldType.Float => (float)Pick(Numbers),
        FieldType.Double => Pick(Numbers),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => unchecked((int)Pick(Integers)),
        FieldType.UInt32 or FieldType.Fixed32 => unchecked((uint)Pick(Integers)),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Pick(Integers),
        FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)Pick(Integers)),
        FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, _random.Next(-1, 12)),
        FieldType.Message when depth < MaxDepth => Create(field.MessageType, depth + 1),
        FieldType.Message => null,
        _ => throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"{field.FullName} is a {field.FieldType}.")),
    };

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];
}
