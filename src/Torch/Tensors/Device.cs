using System.Globalization;
using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>The kinds of device; the numbers are libtorch's.</summary>
public enum DeviceType
{
    /// <summary>Main memory.</summary>
    CPU = 0,
    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,
    /// <summary>Shapes without data.</summary>
    META = 14,
}

public static partial class torch
{
    /// <summary>Where a tensor lives: "cpu", "cuda" (the current one) or "cuda:1".</summary>
    public class Device
    {
        /// <summary>The kind of device.</summary>
        public DeviceType type { get; }
        /// <summary>Which one of its kind; -1 is the current one.</summary>
        public int index { get; } = -1;

        /// <summary>Parses "device" or "device:index".</summary>
        /// <exception cref="ArgumentException">Not a device.</exception>
        public Device(string description)
        {
            var parts = description.Split(':');
            if (parts.Length > 2 || !Enum.TryParse<DeviceType>(parts[0], ignoreCase: true, out var kind))
                throw new ArgumentException($"'{description}' is not a device: use cpu, cuda or cuda:N.", nameof(description));
            type = kind;
            if (parts.Length == 2)
                index = int.Parse(parts[1], CultureInfo.InvariantCulture);
        }

        /// <summary>A device of this kind.</summary>
        public Device(string deviceType, int index = -1) : this(deviceType) => this.index = index;

        /// <summary>A device of this kind.</summary>
        public Device(DeviceType deviceType, int index = -1) => (type, this.index) = (deviceType, index);

        /// <summary>A GPU by its number.</summary>
        public Device(int index) : this(DeviceType.CUDA, index) { }

        /// <summary>"cpu", "cuda" or "cuda:1".</summary>
        public override string ToString()
            => type == DeviceType.CPU || index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";

        /// <summary>Parses "device" or "device:index".</summary>
        public static implicit operator Device(string description) => new(description);
    }

    /// <summary>Main memory.</summary>
    public static Device CPU { get; } = new(DeviceType.CPU);

    /// <summary>The current GPU.</summary>
    public static Device CUDA => new(DeviceType.CUDA);

    /// <summary>Parses "device" or "device:index".</summary>
    public static Device device(string description) => new(description);
    /// <summary>A device of this kind.</summary>
    public static Device device(string deviceType, int index = -1) => new(deviceType, index);
    /// <summary>A device of this kind.</summary>
    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);
    /// <summary>A GPU by its number.</summary>
    public static Device device(int index) => new(DeviceType.CUDA, index);

    /// <summary>NVIDIA GPUs.</summary>
    public static partial class cuda
    {
        /// <summary>Whether this libtorch was built for CUDA and there is a GPU.</summary>
        public static bool is_available() => device_count() > 0;

        /// <summary>The number of GPUs.</summary>
        public static int device_count() => Native.rearm_cuda_devices();

        /// <summary>Waits until the GPU has done all that was queued.</summary>
        public static void synchronize(Device? device = null)
            => Native.Check(Native.rearm_cuda_synchronize(device?.index ?? -1), "cuda.synchronize");
    }
}
