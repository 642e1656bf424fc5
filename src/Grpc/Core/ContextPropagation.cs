namespace Grpc.Core;

/// <summary>What a child call takes over from the server call that makes it.</summary>
public class ContextPropagationOptions
{
    /// <summary>Both, unless said otherwise.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Chooses what to take over.</summary>
    public ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
    {
        IsPropagateDeadline = propagateDeadline;
        IsPropagateCancellation = propagateCancellation;
    }

    /// <summary>Whether the child has the parent's deadline.</summary>
    public bool IsPropagateDeadline { get; }

    /// <summary>Whether the child is cancelled with the parent.</summary>
    public bool IsPropagateCancellation { get; }
}

/// <summary>A server call's deadline and cancellation, to hand to a child call.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}
