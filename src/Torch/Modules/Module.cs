using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// Something with parameters, buffers and submodules. A derived class keeps them in fields and ends its constructor with
        /// <see cref="RegisterComponents"/>; they then belong to the module: they move, are saved and are disposed with it, and
        /// leave the dispose scope they were made in.
        /// </summary>
        public partial class Module : IDisposable
        {
            private readonly Dictionary<string, Parameter> _parameters = [];
            private readonly Dictionary<string, Tensor> _buffers = [];
            private readonly Dictionary<string, bool> _persistent = [];
            private readonly Dictionary<string, Module> _submodules = [];
            private readonly string _name;
            private bool _areComponentsRegistered;
            private bool _training = true;

            /// <summary>A module with a name for humans.</summary>
            protected Module(string name) => _name = name;

            /// <summary>The module's name.</summary>
            public virtual string GetName() => _name;

            /// <summary>Registers what the fields hold: parameters, other tensors as buffers, and modules.</summary>
            protected virtual void RegisterComponents()
            {
                if (_areComponentsRegistered)
                    return;
                _areComponentsRegistered = true;
                foreach (var field in GetType().GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
                {
                    var name = ComponentNameAttribute.NameOf(field);
                    if (_submodules.ContainsKey(name) || _parameters.ContainsKey(name) || _buffers.ContainsKey(name))
                        continue;
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(name, module);
                            break;
                        case Parameter parameter:
                            register_parameter(name, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(name, tensor);
                            break;
                    }
                }
            }

            /// <summary>Adds a parameter.</summary>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_parameter(string name, Parameter param)
            {
                ArgumentNullException.ThrowIfNull(param);
                param.DetachFromDisposeScope();
                if (!_parameters.TryAdd(name, param))
                    throw new InvalidOperationException($"Parameter {name} is already registered.");
            }

            /// <summary>Adds a tensor that belongs to the state but is not learnt; one that is not persistent is not saved.</summary>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                ArgumentNullException.ThrowIfNull(tensor);
                tensor.DetachFromDisposeScope();
                if (!_buffers.TryAdd(name, tensor))
                    throw new InvalidOperationException($"Tensor {name} is already registered.");
                _persistent[name] = persistent;
            }

            /// <summary>Adds a module.</summary>
            /// <exception cref="InvalidOperationException">The name is taken.</exception>
            public virtual void register_module(string name, Module submodule)
            {
                if (string.IsNullOrEmpty(name) || name.Contains('.'))
                    throw new ArgumentException($"A module's name is not empty and has no dot: '{name}'.", nameof(name));
                submodule.RegisterComponents();
                if (!_submodules.TryAdd(name, submodule))
                    throw new InvalidOperationException($"Sub-module {name} is already registered.");
            }

            /// <summary>Adds a module.</summary>
            public void add_module(string name, Module module) => register_module(name, module);

            /// <summary>Puts a parameter in the place of another of that name, or removes it.</summary>
            protected void ConditionallyRegisterParameter(string name, Tensor? value)
            {
                if (value is null)
                    _parameters.Remove(name);
                else
                    _parameters[name] = value as Parameter ?? new Parameter(value);
            }

            /// <summary>The parameters with their names, those of submodules as "module.name"; each only once.</summary>
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
                => Distinct(Walk(module => module._parameters, recurse));

            /// <summary>The parameters.</summary>
            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            /// <summary>The buffers with their names.</summary>
            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true)
                => Distinct(Walk(module => module._buffers, recurse));

            /// <summary>The buffers.</summary>
            public virtual IEnumerable<Tensor> buffers(bool recurse = true) => named_buffers(recurse).Select(b => b.buffer);

            /// <summary>The direct submodules with their names.</summary>
            public virtual IEnumerable<(string name, Module module)> named_children() => _submodules.Select(m => (m.Key, m.Value));

            /// <summary>The direct submodules.</summary>
            public virtual IEnumerable<Module> children() => _submodules.Values;

            /// <summary>All modules below this one, with their names.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach (var child in named_children())
                    yield return child;
                foreach (var (name, child) in named_children())
                    foreach (var (inner, module) in child.named_modules())
                        yield return ($"{name}.{inner}", module);
            }

            /// <summary>All modules below this one.</summary>
            public virtual IEnumerable<Module> modules() => named_modules().Select(m => m.module);

            /// <summary>The parameter of this name, or null.</summary>
            public virtual Parameter? get_parameter(string target) => named_parameters().FirstOrDefault(p => p.name == target).parameter;

            /// <summary>The buffer of this name, or null.</summary>
            public virtual Tensor? get_buffer(string target) => named_buffers().FirstOrDefault(b => b.name == target).buffer;

            /// <summary>Whether the module is being trained (dropout on) rather than used.</summary>
            public virtual bool training => _training;

            /// <summary>Sets training mode, here and in all submodules.</summary>
            public virtual void train(bool train = true)
            {
                _training = train;
                foreach (var child in children())
                    child.train(train);
            }

            /// <summary>Leaves training mode, here and in all submodules.</summary>
            public virtual void eval() => train(false);

            /// <summary>Removes, or zeroes, the gradients of all parameters.</summary>
            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                    Clear(parameter, set_to_none);
            }

            /// <summary>Sets whether the parameters are learnt.</summary>
            public virtual Module requires_grad_(bool requires_grad = true)
            {
                foreach (var parameter in parameters())
                    parameter.requires_grad = requires_grad;
                return this;
            }

            /// <summary>Calls fn on all submodules, then on this.</summary>
            public virtual Module apply(Action<Module> fn)
            {
                foreach (var child in children())
                    child.apply(fn);
                fn(this);
                return this;
            }

            /// <summary>Disposes parameters, buffers and submodules.</summary>
            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            /// <summary>Disposes parameters, buffers and submodules.</summary>
            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                    return;
                foreach (var parameter in _parameters.Values)
                    parameter.Dispose();
                foreach (var buffer in _buffers.Values)
                    buffer.Dispose();
                foreach (var child in _submodules.Values)
                    child.Dispose();
            }

            internal static void Clear(Parameter parameter, bool set_to_none)
            {
                using var gradient = parameter.grad;
                if (gradient is null)
                    return;
                if (set_to_none)
                    parameter.grad = null;
                else
                    gradient.zero_();
            }

            private protected IEnumerable<(string, T)> Walk<T>(Func<Module, Dictionary<string, T>> own, bool recurse)
            {
                foreach (var (name, value) in own(this))
                    yield return (name, value);
                if (!recurse)
                    yield break;
                foreach (var (name, child) in _submodules)
                    foreach (var (inner, value) in child.Walk(own, true))
                        yield return ($"{name}.{inner}", value);
            }

            private static IEnumerable<(string, T)> Distinct<T>(IEnumerable<(string, T)> named) where T : Tensor
                => named.DistinctBy(n => (object)n.Item2, ReferenceEqualityComparer.Instance);
        }
    }
}
