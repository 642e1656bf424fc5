namespace TorchSharp;

public static partial class torch
{
    /// <summary>The type of a tensor's elements; the numbers are libtorch's.</summary>
    public enum ScalarType : sbyte
    {
        /// <summary>Unsigned 8-bit integer.</summary>
        Byte = 0,
        /// <summary>Signed 8-bit integer.</summary>
        Int8 = 1,
        /// <summary>Signed 16-bit integer.</summary>
        Int16 = 2,
        /// <summary>Signed 32-bit integer.</summary>
        Int32 = 3,
        /// <summary>Signed 64-bit integer.</summary>
        Int64 = 4,
        /// <summary>Half precision.</summary>
        Float16 = 5,
        /// <summary>Single precision.</summary>
        Float32 = 6,
        /// <summary>Double precision.</summary>
        Float64 = 7,
        /// <summary>Two single precision numbers.</summary>
        ComplexFloat32 = 9,
        /// <summary>Two double precision numbers.</summary>
        ComplexFloat64 = 10,
        /// <summary>True or false, one byte.</summary>
        Bool = 11,
        /// <summary>The upper half of a single precision number.</summary>
        BFloat16 = 15,
    }

    /// <summary>Unsigned 8-bit integer.</summary>
    public static ScalarType uint8 = ScalarType.Byte;
    /// <summary>Signed 8-bit integer.</summary>
    public static ScalarType int8 = ScalarType.Int8;
    /// <summary>Signed 16-bit integer.</summary>
    public static ScalarType int16 = ScalarType.Int16;
    /// <summary>Signed 32-bit integer.</summary>
    public static ScalarType int32 = ScalarType.Int32;
    /// <summary>Signed 64-bit integer, the type of indices.</summary>
    public static ScalarType int64 = ScalarType.Int64;
    /// <summary>Signed 64-bit integer, the type of indices.</summary>
    public static ScalarType @long = ScalarType.Int64;
    /// <summary>Half precision.</summary>
    public static ScalarType float16 = ScalarType.Float16;
    /// <summary>Single precision, the default.</summary>
    public static ScalarType float32 = ScalarType.Float32;
    /// <summary>Double precision.</summary>
    public static ScalarType float64 = ScalarType.Float64;
    /// <summary>The upper half of a single precision number.</summary>
    public static ScalarType bfloat16 = ScalarType.BFloat16;
    /// <summary>True or false.</summary>
    public static ScalarType @bool = ScalarType.Bool;

    /// <summary>Whether the type is an integer or a truth value.</summary>
    public static bool is_integral(ScalarType type) => type <= ScalarType.Int64 || type == ScalarType.Bool;

    /// <summary>Whether the type is a real floating point type.</summary>
    public static bool is_floating_point(ScalarType type)
        => type is ScalarType.Float16 or ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16;

    /// <summary>Whether the type is complex.</summary>
    public static bool is_complex(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64;

    /// <summary>Bytes per element.</summary>
    internal static int SizeOf(ScalarType type) => type switch
    {
        ScalarType.Byte or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.ComplexFloat64 => 16,
        _ => 8,
    };
}
