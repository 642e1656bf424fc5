using System.Collections;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Rearm.Streaming.Testing;

/// <summary>
/// Messages of any type with whatever may stand in their fields: half of them with values at the edges of what a sender could think of, the others with plain
/// ones, so that some get past what looks at fields one by one.
/// </summary>
public sealed class RandomMessages(int seed)
{
    private const int MaxDepth = 3;
    private const int ManyEntries = 1200;

    private static readonly string[] PlainTexts = ["a", "b", "c", "d", "east", "north", "click"];

    private static readonly string[] Texts =
    [
        "", " ", "a", "b", "east", "../..", "a/b", "%2F", "null", "0", "-1", "{}", "\0", "\n", "\u202e", "é", "\U0001F6D2", "' OR 1=1 --", "{user}",
        new('x', 300), new('y', 5000),
    ];

    private static readonly double[] PlainNumbers = [0.25, 0.5, 0.75];

    private static readonly double[] Numbers =
        [0, -0.0, 1, -1, 0.5, 1.0000001, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, double.MaxValue, float.MaxValue, 1e-40];

    private static readonly long[] PlainIntegers = [1, 2, 3, 10];

    private static readonly long[] Integers = [0, 1, 2, 10, 1000, 1001, -1, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];

    // Groups in groups, a length without its bytes, a number without its end, a field of no type, a text that is not UTF-8 in the first field.
    private static readonly byte[][] NoMessages =
    [
        [.. Enumerable.Repeat((byte)0x0B, 5000)], [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], [.. Enumerable.Repeat((byte)0xFF, 12)], [0x0F, 0x01],
        [0x0A, 0x03, 0xED, 0xA0, 0x80],
    ];

    private readonly Random _random = new(seed);
    private bool _isPlain;

    /// <summary>A message with random fields.</summary>
    public IMessage Create(MessageDescriptor type)
    {
        _isPlain = _random.Next(2) == 0;
        return Create(type, 0);
    }

    /// <summary>A message with random fields, all of them plain: any form can say it.</summary>
    public IMessage CreatePlain(MessageDescriptor type)
    {
        _isPlain = true;
        return Create(type, 0);
    }

    /// <summary>The bytes of a message of either kind, often cut short or with some of them changed; or bytes of no message at all.</summary>
    public byte[] Bytes(MessageDescriptor type)
    {
        var bytes = _random.Next(10) switch
        {
            0 => Pick(NoMessages),
            1 => new byte[_random.Next(64)],
            _ => Create(type).ToByteArray(),
        };
        switch (_random.Next(4))
        {
            case 0:
                bytes = [.. bytes];
                _random.NextBytes(bytes.AsSpan(bytes.Length / 2));
                return bytes;
            case 1:
                return bytes[..(bytes.Length * 2 / 3)];
            default:
                return bytes;
        }
    }

    private IMessage Create(MessageDescriptor type, int depth)
    {
        if (_isPlain && type == Timestamp.Descriptor)
            return new Timestamp { Seconds = 1_767_225_600 + _random.Next(1000) };
        var message = type.Parser.ParseFrom(ReadOnlySpan<byte>.Empty.ToArray());
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            // Of plain ones little is missing: what is needed is mostly there.
            if (_random.Next(_isPlain ? 8 : 3) == 0)
                continue;
            if (field.IsMap)
                Fill((IDictionary)field.Accessor.GetValue(message), field, depth);
            else if (field.IsRepeated)
                Fill((IList)field.Accessor.GetValue(message), field, depth);
            else if (Value(field, depth) is { } value)
                field.Accessor.SetValue(message, value);
        }
        return message;
    }

    private void Fill(IList list, FieldDescriptor field, int depth)
    {
        for (var left = Entries(depth); left > 0; left--)
            if (Value(field, depth) is { } entry)
                list.Add(entry);
    }

    private void Fill(IDictionary map, FieldDescriptor field, int depth)
    {
        var (key, value) = (field.MessageType.FindFieldByNumber(1), field.MessageType.FindFieldByNumber(2));
        for (var left = Entries(depth); left > 0; left--)
            if (Value(value, depth) is { } entry)
                map[Value(key, depth)!] = entry;
    }

    private int Entries(int depth) => !_isPlain && depth == 0 && _random.Next(20) == 0 ? ManyEntries : _random.Next(4);

    private object? Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.String => Pick(_isPlain ? PlainTexts : Texts),
        FieldType.Bytes => ByteString.CopyFrom(new byte[_random.Next(20)]),
        FieldType.Bool => _random.Next(2) == 0,
        FieldType.Float => (float)Number(),
        FieldType.Double => Number(),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => unchecked((int)Integer()),
        FieldType.UInt32 or FieldType.Fixed32 => unchecked((uint)Integer()),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Integer(),
        FieldType.UInt64 or FieldType.Fixed64 => unchecked((ulong)Integer()),
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, _isPlain ? Pick([.. field.EnumType.Values]).Number : _random.Next(-1, 12)),
        FieldType.Message when depth < MaxDepth => Create(field.MessageType, depth + 1),
        FieldType.Message => null,
        _ => throw new NotSupportedException(string.Create(CultureInfo.InvariantCulture, $"{field.FullName} is a {field.FieldType}.")),
    };

    private double Number() => Pick(_isPlain ? PlainNumbers : Numbers);

    private long Integer() => Pick(_isPlain ? PlainIntegers : Integers);

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];
}
