namespace TorchSharp;

/// <summary>The stack of dispose scopes, one per thread.</summary>
public class DisposeScopeManager
{
    [ThreadStatic] private static DisposeScopeManager? threadSingleton;

    internal static DisposeScopeManager ThreadSingleton => threadSingleton ??= new DisposeScopeManager();

    internal DisposeScope? Current { get; private set; }

    internal DisposeScope Push() => Current = new DisposeScope(this, Current);

    internal void Remove(DisposeScope scope)
    {
        // A scope disposed out of turn takes the ones opened inside it along.
        for (var open = Current; open is not null; open = open.OuterScope)
            if (open == scope)
            {
                Current = scope.OuterScope;
                return;
            }
    }

    internal DisposeScope? Register(torch.Tensor tensor)
    {
        Current?.Include(tensor);
        return Current;
    }
}

public static partial class torch
{
    /// <summary>Opens a scope: tensors made on this thread until it is disposed are disposed with it, unless moved out.</summary>
    public static DisposeScope NewDisposeScope() => DisposeScopeManager.ThreadSingleton.Push();
}
