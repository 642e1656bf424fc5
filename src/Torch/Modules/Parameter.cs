using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>A tensor that a module learns: held in a module's field it is one of the module's parameters.</summary>
    public class Parameter : Tensor
    {
        /// <summary>Takes over the tensor, which becomes empty; the parameter has its place in its dispose scope.</summary>
        public Parameter(Tensor data, bool requires_grad = true) : base(data.with_requires_grad(requires_grad).MoveHandle(), register: false)
            => DisposeScope.ReplaceWith(data, this);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        /// <summary>Neural networks.</summary>
        public static partial class nn
        {
            /// <summary>Takes over the tensor, which becomes empty.</summary>
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
