using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A list of modules that are parts of this one, named "0", "1", ...</summary>
    public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
    {
        private readonly List<T> _list = [];
        private bool _registered;

        /// <summary>A list of these modules.</summary>
        public ModuleList(params T[] modules) : base("ModuleList") => _list.AddRange(modules);

        /// <summary>Registers the modules that are in the list now; later ones are not parts.</summary>
        protected override void RegisterComponents()
        {
            if (_registered)
                return;
            _registered = true;
            for (var i = 0; i < _list.Count; i++)
                register_module($"{i}", _list[i]);
        }

        /// <summary>A module by its place.</summary>
        public T this[int index]
        {
            get => _list[index];
            set => _list[index] = value;
        }

        /// <summary>The number of modules.</summary>
        public int Count => _list.Count;
        /// <summary>Always false.</summary>
        public bool IsReadOnly => false;
        /// <summary>Appends a module; before the list is registered in another module.</summary>
        public void Add(T item) => _list.Add(item);
        /// <summary>Appends modules.</summary>
        public void append(params T[] parameters) => _list.AddRange(parameters);
        /// <summary>Removes all.</summary>
        public void Clear() => _list.Clear();
        /// <summary>Whether it is in the list.</summary>
        public bool Contains(T item) => _list.Contains(item);
        /// <summary>Copies the list.</summary>
        public void CopyTo(T[] array, int arrayIndex) => _list.CopyTo(array, arrayIndex);
        /// <summary>The modules in order.</summary>
        public IEnumerator<T> GetEnumerator() => _list.GetEnumerator();
        /// <summary>The place of a module, or -1.</summary>
        public int IndexOf(T item) => _list.IndexOf(item);
        /// <summary>Puts a module at a place.</summary>
        public void Insert(int index, T item) => _list.Insert(index, item);
        /// <summary>Removes a module.</summary>
        public bool Remove(T item) => _list.Remove(item);
        /// <summary>Removes the module at a place.</summary>
        public void RemoveAt(int index) => _list.RemoveAt(index);
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Modules one after the other.</summary>
    public class Sequential : nn.Module<Tensor, Tensor>
    {
        private readonly List<nn.IModule<Tensor, Tensor>> _steps = [];

        internal Sequential(IEnumerable<(string name, nn.Module<Tensor, Tensor> submodule)> modules) : base(nameof(Sequential))
        {
            foreach (var (name, module) in modules)
            {
                register_module(name, module);
                _steps.Add(module);
            }
        }

        /// <summary>The output of the last module; intermediate results are disposed with the scope around.</summary>
        public override Tensor forward(Tensor input)
        {
            if (_steps.Count == 0)
                return input.alias();
            foreach (var step in _steps)
                input = step.call(input);
            return input;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <summary>A list of modules.</summary>
            public static Modules.ModuleList<Module> ModuleList(params Module[] modules) => new(modules);
            /// <summary>A list of modules.</summary>
            public static Modules.ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);
            /// <summary>Modules one after the other, named "0", "1", ...</summary>
            public static Modules.Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(modules.Select((m, i) => ($"{i}", m)));
            /// <summary>Modules one after the other.</summary>
            public static Modules.Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => new(modules);
        }
    }
}
