using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// An n-dimensional array of numbers on a device, which remembers how it was computed when gradients are wanted.
    /// It holds native memory: dispose it, or make it in a scope (<see cref="NewDisposeScope"/>); what is forgotten is
    /// freed when the garbage collector finds it. Not safe for use by several threads at once.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private static long totalCount;
        private static long peakCount;

        internal nint handle;

        internal DisposeScope? OwningDisposeScope { get; set; }

        internal Tensor(nint handle, bool register = true)
        {
            this.handle = handle;
            var count = Interlocked.Increment(ref totalCount);
            for (var peak = Volatile.Read(ref peakCount); count > peak;)
            {
                var seen = Interlocked.CompareExchange(ref peakCount, count, peak);
                if (seen == peak)
                    break;
                peak = seen;
            }
            if (register)
                OwningDisposeScope = DisposeScopeManager.ThreadSingleton.Register(this);
        }

        /// <summary>Frees what nobody disposed.</summary>
        ~Tensor() => Release();

        /// <summary>How many tensors there are, undisposed and uncollected. Two may share their memory.</summary>
        public static long TotalCount => Interlocked.Read(ref totalCount);

        /// <summary>The largest <see cref="TotalCount"/> so far.</summary>
        public static long PeakCount => Interlocked.Read(ref peakCount);

        /// <summary>A name to recognise the tensor by when debugging.</summary>
        public string? name { get; set; }

        /// <summary>The pointer to the native at::Tensor; it is valid while this object is.</summary>
        /// <exception cref="InvalidOperationException">The tensor was disposed.</exception>
        public IntPtr Handle => handle != 0 ? handle : throw new InvalidOperationException("Tensor invalid -- empty handle.");

        /// <summary>Whether the tensor was disposed.</summary>
        public bool IsInvalid => handle == 0;

        /// <summary>Wraps a pointer to a heap-allocated at::Tensor, which the result then owns.</summary>
        public static Tensor UnsafeCreateTensor(IntPtr handle) => new(handle);

        /// <summary>Gives up the native tensor without freeing it.</summary>
        /// <returns>The handle, which the caller now owns.</returns>
        public IntPtr DecoupleFromNativeHandle()
        {
            OwningDisposeScope?.MarkAsDisposed(this);
            return MoveHandle();
        }

        /// <summary>Another reference to the same native tensor, to be disposed on its own.</summary>
        public Tensor alias() => new(Alive(Native.rearm_alias(Handle)));

        /// <summary>Hands the tensor to the scope around its own; with none it is the caller's to dispose.</summary>
        public Tensor MoveToOuterDisposeScope()
        {
            OwningDisposeScope?.MoveToOuter(this);
            return this;
        }

        /// <summary>Takes the tensor out of every scope: the caller disposes it.</summary>
        public Tensor DetachFromDisposeScope()
        {
            OwningDisposeScope?.Detach(this);
            return this;
        }

        /// <summary>Hands the tensor to another scope, or to nobody.</summary>
        public Tensor MoveToOtherDisposeScope(DisposeScope? scope)
        {
            if (OwningDisposeScope is { } owner)
                owner.MoveToOther(scope, this);
            else
                scope?.Attach(this);
            return this;
        }

        /// <summary>Frees the native tensor.</summary>
        public void Dispose()
        {
            OwningDisposeScope?.MarkAsDisposed(this);
            Release();
            GC.SuppressFinalize(this);
        }

        internal IntPtr MoveHandle()
        {
            GC.SuppressFinalize(this);
            var moved = Interlocked.Exchange(ref handle, 0);
            if (moved == 0)
                throw new InvalidOperationException("Tensor invalid -- empty handle.");
            Interlocked.Decrement(ref totalCount);
            return moved;
        }

        /// <summary>Keeps the collector from freeing the tensor while native code reads it.</summary>
        private T Alive<T>(T result)
        {
            GC.KeepAlive(this);
            return result;
        }

        private void Release()
        {
            if (Interlocked.Exchange(ref handle, 0) is var released and not 0)
            {
                Interlocked.Decrement(ref totalCount);
                Native.rearm_dispose(released);
            }
        }

        /// <summary>Whether shape and all elements are equal.</summary>
        public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

        /// <summary>Whether shape and all elements are equal.</summary>
        public bool Equals(Tensor target)
            => target is not null && (ReferenceEquals(this, target) || Aten.CallScalar("equal", this, target).ToBoolean());

        /// <summary>By identity.</summary>
        public override int GetHashCode() => base.GetHashCode();
    }
}
