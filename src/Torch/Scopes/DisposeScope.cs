namespace TorchSharp;

/// <summary>
/// Disposes what was made in it. Scopes nest; a result is taken out with <see cref="MoveToOuter{T}(T)"/> or, out of all
/// of them, with <see cref="Detach{T}(T)"/>. Use it on the thread that opened it.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    private readonly DisposeScopeManager _manager;
    private HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);
    private bool _disposed;

    internal DisposeScope(DisposeScopeManager manager, DisposeScope? outer) => (_manager, OuterScope) = (manager, outer);

    internal DisposeScope? OuterScope { get; }

    /// <summary>How many disposables the scope holds now.</summary>
    public int DisposablesCount => _disposables.Count;

    /// <summary>A copy of the list of what the scope holds now.</summary>
    public IReadOnlyList<IDisposable> DisposablesView => [.. _disposables];

    /// <summary>Whether the scope will dispose it.</summary>
    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    /// <summary>Adds something to dispose; tensors are added when they are made.</summary>
    public T Include<T>(T disposable) where T : IDisposable
    {
        _disposables.Add(disposable);
        return disposable;
    }

    /// <summary>Takes in a tensor, whichever scope it was in.</summary>
    public T Attach<T>(T disposable) where T : IDisposable
    {
        if (disposable is torch.Tensor tensor)
        {
            tensor.OwningDisposeScope?._disposables.Remove(tensor);
            tensor.OwningDisposeScope = this;
        }
        _disposables.Add(disposable);
        return disposable;
    }

    /// <summary>Hands it to the outer scope; with no outer scope it is nobody's but the caller's.</summary>
    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(OuterScope, disposable);

    /// <summary>Hands both to the outer scope.</summary>
    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable
        => (MoveToOuter(first), MoveToOuter(second));

    /// <summary>Hands all three to the outer scope.</summary>
    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable
        => (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    /// <summary>Hands all to the outer scope.</summary>
    public void MoveToOuter(params IDisposable[] disposables) => MoveToOuter((IEnumerable<IDisposable>)disposables);

    /// <summary>Hands all to the outer scope.</summary>
    public void MoveToOuter(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
            MoveToOther(OuterScope, disposable);
    }

    /// <summary>Hands it to another scope, or to nobody.</summary>
    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        if (!_disposables.Remove(disposable))
            return disposable;
        scope?._disposables.Add(disposable);
        if (disposable is torch.Tensor tensor)
            tensor.OwningDisposeScope = scope;
        return disposable;
    }

    /// <summary>Takes it out of every scope: the caller disposes it.</summary>
    public T Detach<T>(T disposable) where T : IDisposable => MoveToOther(null, disposable);

    /// <summary>Takes both out of every scope.</summary>
    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable
        => (Detach(first), Detach(second));

    /// <summary>Takes all out of every scope.</summary>
    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    /// <summary>Takes all out of every scope.</summary>
    public void Detach(IEnumerable<IDisposable> disposables)
    {
        foreach (var disposable in disposables)
            MoveToOther(null, disposable);
    }

    /// <summary>Disposes what the scope holds now; the scope stays open.</summary>
    public void DisposeEverything() => DisposeEverythingBut(Array.Empty<IDisposable>());

    /// <summary>Disposes what the scope holds now, but this.</summary>
    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut(new IDisposable[] { keep });
        return keep;
    }

    /// <summary>Disposes what the scope holds now, but these.</summary>
    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    /// <summary>Disposes what the scope holds now, but these.</summary>
    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        var all = _disposables;
        _disposables = new HashSet<IDisposable>(inKeep, ReferenceEqualityComparer.Instance);
        foreach (var disposable in all)
        {
            if (_disposables.Contains(disposable))
                continue;
            if (disposable is torch.Tensor tensor)
                tensor.OwningDisposeScope = null;
            disposable.Dispose();
        }
    }

    /// <summary>Tells the scope that something in it was disposed by hand.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        _disposables.Remove(disposable);
        if (disposable is torch.Tensor tensor)
            tensor.OwningDisposeScope = null;
    }

    /// <summary>Disposes what the scope holds and closes it.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        DisposeEverything();
        _manager.Remove(this);
    }

    /// <summary>Puts <paramref name="replacement"/> in the place of a tensor that became it.</summary>
    internal static void ReplaceWith(torch.Tensor original, torch.Tensor replacement)
    {
        if (original.OwningDisposeScope is not { } scope)
            return;
        scope._disposables.Remove(original);
        scope._disposables.Add(replacement);
        original.OwningDisposeScope = null;
        replacement.OwningDisposeScope = scope;
    }
}
