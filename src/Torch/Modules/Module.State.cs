using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            /// <summary>The parameters and the persistent buffers by name; the tensors themselves, not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                foreach (var (name, parameter) in Walk(module => module._parameters, true))
                    destination.TryAdd(Prefixed(name), parameter);
                foreach (var (name, buffer) in Walk(module => module._buffers
                    .Where(b => module._persistent[b.Key]).ToDictionary(b => b.Key, b => b.Value), true))
                    destination.TryAdd(Prefixed(name), buffer);
                return destination;

                string Prefixed(string name) => string.IsNullOrEmpty(prefix) ? name : $"{prefix}.{name}";
            }

            /// <summary>Copies values into the parameters and buffers of the same names.</summary>
            /// <param name="source">The values by name.</param>
            /// <param name="strict">Whether the names must match exactly.</param>
            /// <param name="skip">Names to leave alone.</param>
            /// <returns>Names that source lacks, and names it has too many.</returns>
            /// <exception cref="InvalidOperationException">The names do not match though strict.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                var target = state_dict();
                var missing = target.Keys.Where(k => !source.ContainsKey(k) && !IsSkipped(k)).ToList();
                var unexpected = source.Keys.Where(k => !target.ContainsKey(k) && !IsSkipped(k)).ToList();
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                    throw new InvalidOperationException(
                        $"The state is another module's: missing [{string.Join(", ", missing)}], unexpected [{string.Join(", ", unexpected)}].");
                using var off = no_grad();
                foreach (var (name, value) in source)
                    if (target.TryGetValue(name, out var tensor) && !IsSkipped(name))
                    {
                        if (!tensor.shape.AsSpan().SequenceEqual(value.shape))
                            throw new ArgumentException(
                                $"{name} has shape [{string.Join(", ", tensor.shape)}], the state's has [{string.Join(", ", value.shape)}].");
                        tensor.copy_(value);
                    }
                return (missing, unexpected);

                bool IsSkipped(string name) => skip?.Contains(name) == true;
            }

            /// <summary>Writes the state to a file, in TorchSharp's format.</summary>
            public Module save(string location, IList<string>? skip = null)
            {
                using var stream = File.Create(location);
                return save(stream, skip);
            }

            /// <summary>Writes the state to a stream, which is closed.</summary>
            public Module save(Stream stream, IList<string>? skip = null)
            {
                using var writer = new BinaryWriter(stream);
                return save(writer, skip);
            }

            /// <summary>Writes the number of entries (LEB128), then each name and tensor.</summary>
            public Module save(BinaryWriter writer, IList<string>? skip = null)
            {
                var state = state_dict().Where(s => skip?.Contains(s.Key) != true).ToList();
                Leb128.Write(writer, state.Count);
                foreach (var (name, tensor) in state)
                {
                    writer.Write(name);
                    tensor.Save(writer);
                }
                writer.Flush();
                return this;
            }

            /// <summary>Reads the state from a file.</summary>
            public virtual Module load(
                string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var stream = File.OpenRead(location);
                return load(stream, strict, skip, loadedParameters);
            }

            /// <summary>Reads the state from a stream, which is closed.</summary>
            public Module load(
                Stream stream, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                using var reader = new BinaryReader(stream);
                return load(reader, strict, skip, loadedParameters);
            }

            /// <summary>Reads what <see cref="save(BinaryWriter, IList{string})"/> wrote.</summary>
            /// <param name="reader">Where to read.</param>
            /// <param name="strict">Whether the names must match exactly.</param>
            /// <param name="skip">Names to leave alone.</param>
            /// <param name="loadedParameters">Is told of each name whether it was loaded.</param>
            /// <exception cref="ArgumentException">Names, types or shapes do not match.</exception>
            public virtual Module load(
                BinaryReader reader, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
            {
                var state = state_dict();
                var count = Leb128.Read(reader);
                if (strict && count != state.Count)
                    throw new ArgumentException($"Mismatched state_dict sizes: expected {state.Count}, but found {count} entries.");
                for (long i = 0; i < count; i++)
                {
                    var name = reader.ReadString();
                    if (state.TryGetValue(name, out var tensor))
                        tensor.Load(reader, skip: skip?.Contains(name) == true);
                    else if (strict)
                        throw new ArgumentException($"Mismatched module state names: the module has no '{name}'.");
                    else
                        Tensor.Load(reader).Dispose();
                    if (loadedParameters is not null)
                        loadedParameters[name] = tensor is not null;
                }
                return this;
            }

            internal Module Move(Device? device, ScalarType? dtype)
            {
                foreach (var child in _submodules.Values)
                    child.Move(device, dtype);
                using var off = no_grad();
                foreach (var (name, parameter) in _parameters.ToList())
                {
                    if (Converted(parameter, device, dtype) is not { } moved)
                        continue;
                    using var gradient = parameter.grad;
                    var replacement = new Parameter(moved, parameter.requires_grad);
                    if (gradient is not null)
                        using (var movedGradient = gradient.to(replacement.dtype, replacement.device))
                            replacement.grad = movedGradient;
                    _parameters[name] = replacement;
                    Replace(parameter, replacement);
                }
                foreach (var (name, buffer) in _buffers.ToList())
                    if (Converted(buffer, device, dtype) is { } moved)
                    {
                        _buffers[name] = moved;
                        Replace(buffer, moved);
                    }
                return this;
            }

            /// <summary>The tensor moved, or null where it is right already; only floating point numbers change their type.</summary>
            private static Tensor? Converted(Tensor tensor, Device? device, ScalarType? dtype)
            {
                var type = tensor.is_floating_point() ? dtype ?? tensor.dtype : tensor.dtype;
                var place = device ?? tensor.device;
                var same = type == tensor.dtype && place.type == tensor.device_type && (place.index < 0 || place.index == tensor.device_index);
                return same ? null : tensor.to(type, place).DetachFromDisposeScope();
            }

            /// <summary>Points the fields that held a tensor to the one in its place.</summary>
            private void Replace(Tensor old, Tensor replacement)
            {
                foreach (var field in GetType().GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
                    if (ReferenceEquals(field.GetValue(this), old))
                        field.SetValue(this, replacement);
                old.Dispose();
            }
        }
    }
}

/// <summary>Moves modules between devices and types.</summary>
public static class ModuleExtensionMethods
{
    /// <summary>Converts floating point parameters and buffers.</summary>
    public static T to<T>(this T module, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module => (T)module.Move(null, type);
    /// <summary>Moves parameters and buffers, and converts the floating point ones.</summary>
    public static T to<T>(this T module, torch.Device device, torch.ScalarType type, bool non_blocking = false) where T : torch.nn.Module
        => (T)module.Move(device, type);
    /// <summary>Moves parameters and buffers; an optimizer is to be made afterwards.</summary>
    public static T to<T>(this T module, torch.Device device, bool non_blocking = false) where T : torch.nn.Module => (T)module.Move(device, null);
    /// <summary>Moves parameters and buffers; an optimizer is to be made afterwards.</summary>
    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module
        => (T)module.Move(new torch.Device(deviceType, deviceIndex), null);
    /// <summary>Moves parameters and buffers; an optimizer is to be made afterwards.</summary>
    public static T to<T>(this T module, string device, bool non_blocking = false) where T : torch.nn.Module
        => (T)module.Move(new torch.Device(device), null);
    /// <summary>Moves parameters and buffers to main memory.</summary>
    public static T cpu<T>(this T module, bool non_blocking = false) where T : torch.nn.Module => (T)module.Move(torch.CPU, null);
    /// <summary>Moves parameters and buffers to a GPU.</summary>
    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : torch.nn.Module
        => (T)module.Move(new torch.Device(DeviceType.CUDA, deviceIndex), null);
}
