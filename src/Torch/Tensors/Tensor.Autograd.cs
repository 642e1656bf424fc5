using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Whether gradients with respect to this tensor, or through it, are wanted.</summary>
        public bool requires_grad
        {
            get => Alive(Native.rearm_requires_grad(Handle)) != 0;
            set => Native.Check(Alive(Native.rearm_set_requires_grad(Handle, value ? 1 : 0)));
        }

        /// <summary>Sets <see cref="requires_grad"/>; returns the tensor.</summary>
        public Tensor requires_grad_(bool requires_grad = true) => with_requires_grad(requires_grad);

        /// <summary>Sets <see cref="requires_grad"/>; returns the tensor.</summary>
        public Tensor with_requires_grad(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        /// <summary>Whether the tensor was made by the user rather than by an operator that records gradients.</summary>
        public bool is_leaf => Alive(Native.rearm_is_leaf(Handle)) != 0;

        /// <summary>Keeps the gradient of a tensor that is no leaf.</summary>
        public void retain_grad() => Native.Check(Alive(Native.rearm_retain_grad(Handle)));

        /// <summary>
        /// The gradient gathered so far, or null. Each read makes a new handle to it, in the current scope; setting null clears it.
        /// </summary>
        public Tensor? grad
        {
            get
            {
                var gradient = Alive(Native.rearm_grad(Handle));
                if (gradient != 0)
                    return new Tensor(gradient);
                return System.Runtime.InteropServices.Marshal.ReadByte(Native.rearm_error()) == 0 ? null : throw Native.Error(nameof(grad));
            }
            set
            {
                Native.Check(Alive(Native.rearm_set_grad(Handle, value is null ? 0 : value.Handle)));
                GC.KeepAlive(value);
            }
        }

        /// <summary>Adds the gradient of this number to the leaves it depends on, and forgets how it was computed.</summary>
        public void backward() => autograd.backward([this]);

        /// <summary>As <see cref="backward()"/>, of a tensor of any shape with the gradient that comes in from outside.</summary>
        public void backward(IList<Tensor>? grad_tensors, bool create_graph = false, bool retain_graph = false)
            => autograd.backward([this], grad_tensors, retain_graph, create_graph);

        /// <summary>The same data without its history.</summary>
        public Tensor detach() => Aten.Call("detach", this);
        /// <summary>Forgets its history, in place.</summary>
        public Tensor detach_() => Aten.CallInPlace("detach_", this);
    }

    /// <summary>Automatic differentiation.</summary>
    public static partial class autograd
    {
        /// <summary>Adds the gradients of <paramref name="tensors"/> to the leaves they depend on.</summary>
        /// <param name="tensors">What to differentiate.</param>
        /// <param name="grad_tensors">The gradients that come in from outside; may be left out for single numbers.</param>
        /// <param name="retain_graph">Whether the history is kept for another call; by default as <paramref name="create_graph"/>.</param>
        /// <param name="create_graph">Whether gradients can be differentiated in turn.</param>
        public static unsafe void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false)
        {
            var outputs = HandlesOf(tensors);
            var gradients = HandlesOf(grad_tensors ?? []);
            fixed (nint* o = outputs, g = gradients)
                Native.Check(Native.rearm_backward(
                    o, outputs.Length, g, gradients.Length, retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0));
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
        }

        /// <summary>The gradients of outputs with respect to inputs, which are returned and not stored.</summary>
        /// <param name="outputs">What to differentiate.</param>
        /// <param name="inputs">By what.</param>
        /// <param name="grad_outputs">The gradients that come in from outside; may be left out for single numbers.</param>
        /// <param name="retain_graph">Whether the history is kept for another call.</param>
        /// <param name="create_graph">Whether gradients can be differentiated in turn.</param>
        /// <param name="allow_unused">Whether an input may have no part in the outputs; its gradient is null.</param>
        public static unsafe IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false,
            bool create_graph = false, bool allow_unused = false)
        {
            var results = new nint[inputs.Count];
            var ins = HandlesOf(inputs);
            var outs = HandlesOf(outputs);
            var gradients = HandlesOf(grad_outputs ?? []);
            fixed (nint* o = outs, i = ins, g = gradients, r = results)
                Native.Check(Native.rearm_autograd_grad(
                    o, outs.Length, i, ins.Length, g, gradients.Length, retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, r));
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(results, h => h == 0 ? null! : new Tensor(h));
        }

        /// <summary>Adds the gradients of one tensor to the leaves it depends on.</summary>
        public static void backward(Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false)
            => backward([tensor], grad_tensors, retain_graph, create_graph);

        private static nint[] HandlesOf(IList<Tensor> tensors)
        {
            var handles = new nint[tensors.Count];
            for (var i = 0; i < handles.Length; i++)
                handles[i] = tensors[i].Handle;
            return handles;
        }
    }

    /// <summary>No gradients on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new AutoGradMode(false);
    /// <summary>Gradients on this thread until the result is disposed.</summary>
    public static IDisposable enable_grad(bool enabled = true) => new AutoGradMode(enabled);
    /// <summary>Gradients, or none, on this thread until the result is disposed.</summary>
    public static IDisposable set_grad_enabled(bool mode = true) => new AutoGradMode(mode);
    /// <summary>Whether gradients are recorded on this thread.</summary>
    public static bool is_grad_enabled() => AutoGradMode.IsEnabled;
    /// <summary>
    /// No gradients, nor the bookkeeping that would allow them later, on this thread until the result is disposed: tensors
    /// made inside can never take part in a graph.
    /// </summary>
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);
    /// <summary>Whether inference mode is on.</summary>
    public static bool is_inference_mode_enabled() => InferenceMode.IsEnabled;
}

/// <summary>Turns gradients on or off on this thread until it is disposed.</summary>
internal sealed class AutoGradMode : IDisposable
{
    private readonly bool _before = IsEnabled;

    /// <summary>Sets the mode.</summary>
    public AutoGradMode(bool enabled) => Native.rearm_set_grad_mode(enabled ? 1 : 0);

    /// <summary>Whether gradients are recorded on this thread.</summary>
    public static bool IsEnabled => Native.rearm_grad_mode() != 0;

    /// <summary>Restores what was before.</summary>
    public void Dispose() => Native.rearm_set_grad_mode(_before ? 1 : 0);
}

/// <summary>Inference mode on this thread until it is disposed; see <see cref="torch.inference_mode"/>.</summary>
internal sealed class InferenceMode : IDisposable
{
    private nint _guard;

    /// <summary>Sets the mode.</summary>
    public InferenceMode(bool mode = true) => _guard = Native.rearm_inference_begin(mode ? 1 : 0);

    /// <summary>Whether inference mode is on.</summary>
    public static bool IsEnabled => Native.rearm_is_inference() != 0;

    /// <summary>Restores what was before.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _guard, 0) is var guard and not 0)
            Native.rearm_inference_end(guard);
    }
}
