// Copies between types, devices and tensors, and to .NET numbers.
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>As another type; the same tensor if it has it and no copy is asked for.</summary>
        public Tensor to_type(ScalarType type, bool copy = false, bool non_blocking = false)
            => Aten.Call("to.dtype", this, type, non_blocking, copy);
        /// <summary>As another type; the same tensor if it has it.</summary>
        public Tensor to(ScalarType type, bool copy = false, bool non_blocking = false) => to_type(type, copy, non_blocking);
        /// <summary>On another device; the same tensor if it is there and no copy is asked for.</summary>
        public Tensor to(Device device, bool copy = false, bool non_blocking = false) => to(dtype, device, copy, non_blocking);
        /// <summary>On another device; the same tensor if it is there and no copy is asked for.</summary>
        public Tensor to(string device, bool copy = false, bool non_blocking = false) => to(new Device(device), copy, non_blocking);
        /// <summary>On another device; the same tensor if it is there and no copy is asked for.</summary>
        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool non_blocking = false)
            => to(new Device(deviceType, deviceIndex), copy, non_blocking);
        /// <summary>As another type on another device.</summary>
        public Tensor to(ScalarType type, Device device, bool copy = false, bool non_blocking = false)
            => Aten.Call("to.device", this, device, type, non_blocking, copy);
        /// <summary>As the type of, and where, another tensor is.</summary>
        public Tensor to(Tensor other, bool copy = false, bool non_blocking = false) => to(other.dtype, other.device, copy, non_blocking);
        /// <summary>As the type of another tensor.</summary>
        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);
        /// <summary>In main memory.</summary>
        public Tensor cpu() => to(CPU);
        /// <summary>On a GPU, by default the current one.</summary>
        public Tensor cuda(Device? device = null, bool non_blocking = false) => to(device ?? CUDA, false, non_blocking);
        /// <summary>As single precision.</summary>
        public Tensor @float() => to_type(ScalarType.Float32);
        /// <summary>As double precision.</summary>
        public Tensor @double() => to_type(ScalarType.Float64);
        /// <summary>As half precision.</summary>
        public Tensor half() => to_type(ScalarType.Float16);
        /// <summary>As 64-bit integers.</summary>
        public Tensor @long() => to_type(ScalarType.Int64);
        /// <summary>As 32-bit integers.</summary>
        public Tensor @int() => to_type(ScalarType.Int32);
        /// <summary>As truth values.</summary>
        public Tensor @bool() => to_type(ScalarType.Bool);

        /// <summary>Overwrites the elements with those of source, which is broadcast and converted.</summary>
        public Tensor copy_(Tensor source, bool non_blocking = false) => Aten.CallInPlace("copy_", this, source, non_blocking);
        /// <summary>Overwrites every element with a number.</summary>
        public Tensor fill_(Scalar value) => Aten.CallInPlace("fill_.Scalar", this, value);
        /// <summary>Overwrites every element with 0.</summary>
        public Tensor zero_() => Aten.CallInPlace("zero_", this);
        /// <summary>Makes this tensor share the memory of another.</summary>
        public Tensor set_(Tensor source) => Aten.CallInPlace("set_.source_Tensor", this, source);
        /// <summary>Fills with normal random numbers.</summary>
        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null)
            => Aten.CallInPlace("normal_", this, mean, std);
        /// <summary>Fills with uniform random numbers in [from, to).</summary>
        public Tensor uniform_(double from, double to, Generator? generator = null) => Aten.CallInPlace("uniform_", this, from, to);
        /// <summary>Fills with 1 with probability p, else 0.</summary>
        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => Aten.CallInPlace("bernoulli_.float", this, p);
    }
}

/// <summary>Conversions of a tensor with one element to .NET numbers, and saving.</summary>
public static partial class TensorExtensionMethods
{
    /// <summary>The only element as single precision.</summary>
    public static float ToSingle(this torch.Tensor value) => value.ToScalar().ToSingle();
    /// <summary>The only element as double precision.</summary>
    public static double ToDouble(this torch.Tensor value) => value.ToScalar().ToDouble();
    /// <summary>The only element as a 32-bit integer.</summary>
    public static int ToInt32(this torch.Tensor value) => value.ToScalar().ToInt32();
    /// <summary>The only element as a 64-bit integer.</summary>
    public static long ToInt64(this torch.Tensor value) => value.ToScalar().ToInt64();
    /// <summary>Whether the only element is not zero.</summary>
    public static bool ToBoolean(this torch.Tensor value) => value.ToScalar().ToBoolean();
    /// <summary>Makes a parameter of the tensor, which becomes empty.</summary>
    public static Modules.Parameter AsParameter(this torch.Tensor tensor) => new(tensor);
}
