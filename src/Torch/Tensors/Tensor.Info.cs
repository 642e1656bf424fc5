using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>How a tensor is stored.</summary>
    internal enum Layout { Strided = 0, SparseCoo = 1, SparseCsr = 2 }

    public unsafe partial class Tensor
    {
        /// <summary>The number of dimensions.</summary>
        public long dim() => Alive(Native.rearm_dim(Handle));
        /// <summary>The number of dimensions.</summary>
        public long ndim => dim();
        /// <summary>The number of dimensions.</summary>
        public long Dimensions => dim();

        /// <summary>The number of elements.</summary>
        public long numel()
        {
            var count = Alive(Native.rearm_numel(Handle));
            return count >= 0 ? count : throw Native.Error(nameof(numel));
        }

        /// <summary>The number of elements.</summary>
        public long NumberOfElements => numel();
        /// <summary>Bytes per element.</summary>
        public long ElementSize => SizeOf(dtype);
        /// <summary>Bytes per element.</summary>
        public long element_size() => SizeOf(dtype);

        /// <summary>The type of the elements.</summary>
        public ScalarType dtype => (ScalarType)Alive(Native.rearm_dtype(Handle));
        /// <summary>Whether the elements are integers or truth values.</summary>
        public bool is_integral() => torch.is_integral(dtype);
        /// <summary>Whether the elements are real floating point numbers.</summary>
        public bool is_floating_point() => torch.is_floating_point(dtype);

        /// <summary>The size of each dimension; empty for a single number.</summary>
        public long[] shape
        {
            get
            {
                var sizes = new long[dim()];
                fixed (long* p = sizes)
                    Native.Check(Alive(Native.rearm_shape(Handle, p, null)));
                return sizes;
            }
        }

        /// <summary>The size of each dimension.</summary>
        public long[] size() => shape;

        /// <summary>The size of one dimension; negative counts from the end.</summary>
        /// <exception cref="ArgumentOutOfRangeException">There is no such dimension.</exception>
        public long size(int dim)
        {
            var sizes = shape;
            var at = dim < 0 ? dim + sizes.Length : dim;
            return at >= 0 && at < sizes.Length
                ? sizes[at]
                : throw new ArgumentOutOfRangeException(nameof(dim), dim, $"The tensor has {sizes.Length} dimensions.");
        }

        /// <summary>Per dimension, how many elements apart neighbours are.</summary>
        public long[] stride()
        {
            var sizes = new long[dim()];
            var strides = new long[sizes.Length];
            fixed (long* p = sizes, s = strides)
                Native.Check(Alive(Native.rearm_shape(Handle, p, s)));
            return strides;
        }

        /// <summary>How many elements apart neighbours are in one dimension.</summary>
        public long stride(int dim) => stride()[dim < 0 ? dim + (int)ndim : dim];

        /// <summary>Whether the elements lie in row-major order without gaps.</summary>
        public bool is_contiguous() => Alive(Native.rearm_is_contiguous(Handle)) != 0;

        /// <summary>Where the tensor lives.</summary>
        public Device device => device_type == DeviceType.CPU ? CPU : new Device(device_type, device_index);
        /// <summary>The kind of device the tensor lives on.</summary>
        public DeviceType device_type => (DeviceType)Alive(Native.rearm_device_type(Handle));
        /// <summary>Which device of its kind; -1 on the CPU.</summary>
        public int device_index => Alive(Native.rearm_device_index(Handle));
        /// <summary>Whether the tensor lives on a GPU.</summary>
        public bool is_cuda => device_type == DeviceType.CUDA;
        /// <summary>Whether the tensor lives in main memory.</summary>
        public bool is_cpu() => device_type == DeviceType.CPU;

        internal Layout layout => (Layout)Alive(Native.rearm_layout(Handle));
        /// <summary>Whether the tensor is sparse, stored as coordinates and values.</summary>
        public bool is_sparse => layout == Layout.SparseCoo;

        /// <summary>Type and shape, such as "[2x3], type = Float32, device = cpu".</summary>
        public override string ToString()
            => IsInvalid ? "disposed tensor" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";
    }
}
