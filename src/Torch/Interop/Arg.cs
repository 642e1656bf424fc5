using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>An argument of an ATen operator before it crosses to native code.</summary>
internal readonly struct Arg
{
    internal readonly Native.Tag Tag;
    internal readonly long Bits;
    /// <summary>The tensor, list or string, kept alive through the call.</summary>
    internal readonly object? Object;

    private Arg(Native.Tag tag, long bits, object? value = null) => (Tag, Bits, Object) = (tag, bits, value);

    internal static Arg None => default;

    public static implicit operator Arg(Tensor? value) => value is null ? None : new(Native.Tag.Tensor, value.Handle, value);
    public static implicit operator Arg(long value) => new(Native.Tag.Int, value);
    public static implicit operator Arg(long? value) => value is { } v ? v : None;
    public static implicit operator Arg(double value) => new(Native.Tag.Double, BitConverter.DoubleToInt64Bits(value));
    public static implicit operator Arg(bool value) => new(Native.Tag.Bool, value ? 1 : 0);
    public static implicit operator Arg(long[]? value) => value is null ? None : new(Native.Tag.IntList, 0, value);
    public static implicit operator Arg(string? value) => value is null ? None : new(Native.Tag.String, 0, value);
    public static implicit operator Arg(ScalarType value) => (long)value;
    public static implicit operator Arg(ScalarType? value) => value is { } v ? (long)v : None;
    public static implicit operator Arg(Device? value)
        => value is null ? None : new(Native.Tag.Device, ((long)value.type << 16) | (ushort)value.index);

    public static implicit operator Arg(Scalar? value) => value is null ? None : value.Kind switch
    {
        Scalar.ScalarKind.Integer => value.Integer,
        Scalar.ScalarKind.Boolean => value.Integer != 0,
        _ => value.Real,
    };

    internal static Arg List(IReadOnlyList<Tensor> tensors) => new(Native.Tag.TensorList, 0, tensors);
    internal static Arg Indices(Tensor?[] tensors) => new(Native.Tag.OptionalTensorList, 0, tensors);
}
