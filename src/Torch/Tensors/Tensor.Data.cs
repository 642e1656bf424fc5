using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        /// <summary>The memory of a contiguous tensor on the CPU, at most 2 GiB; valid while the tensor is.</summary>
        /// <exception cref="NotImplementedException">The tensor is not contiguous.</exception>
        /// <exception cref="InvalidOperationException">The tensor is not on the CPU.</exception>
        public Span<byte> bytes
        {
            get
            {
                var size = numel() * ElementSize;
                if (size > int.MaxValue)
                    throw new ArgumentException($"bytes reaches at most {int.MaxValue} bytes, the tensor has {size}.");
                return new Span<byte>(DataPointer(), (int)size);
            }
            set
            {
                var target = bytes;
                if (target.Length != value.Length)
                    throw new ArgumentException($"The tensor has {target.Length} bytes, {value.Length} were given.");
                value.CopyTo(target);
            }
        }

        /// <summary>The elements in row-major order, of the type that <see cref="dtype"/> names.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is another type.</exception>
        public TensorAccessor<T> data<T>() where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(device_type == DeviceType.CPU ? this : cpu());
        }

        /// <summary>The only element.</summary>
        /// <exception cref="ArgumentException">There is more than one, or <typeparamref name="T"/> is not its type.</exception>
        public T item<T>() where T : unmanaged
        {
            if (numel() != 1)
                throw new ArgumentException($"item needs one element, the tensor has {numel()}.");
            ValidateType(typeof(T));
            if (device_type == DeviceType.CPU)
                return Alive(*(T*)Native.rearm_data(Handle));
            using var here = new Tensor(Aten.Call("to.device", this, CPU, dtype).MoveHandle(), register: false);
            return *(T*)Native.rearm_data(here.Handle);
        }

        /// <summary>The only element as a number.</summary>
        public Scalar ToScalar() => Aten.CallScalar("item", this);

        /// <summary>The start of the data.</summary>
        internal void* DataPointer()
        {
            if (device_type != DeviceType.CPU)
                throw new InvalidOperationException(
                    "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
            if (!is_contiguous())
                throw new NotImplementedException("The tensor is not contiguous: call contiguous() first.");
            var data = (void*)Native.rearm_data(Handle);
            return data is not null || numel() == 0 ? data : throw Native.Error("data");
        }

        internal void ValidateType(Type type)
        {
            var expected = dtype switch
            {
                ScalarType.Byte => typeof(byte),
                ScalarType.Int8 => typeof(sbyte),
                ScalarType.Int16 => typeof(short),
                ScalarType.Int32 => typeof(int),
                ScalarType.Int64 => typeof(long),
                ScalarType.Bool => typeof(bool),
                ScalarType.Float32 => typeof(float),
                ScalarType.Float64 => typeof(double),
                _ => null,
            };
            if (type != expected)
                throw new ArgumentException($"{type.Name} is not compatible with {dtype}.");
        }
    }
}
