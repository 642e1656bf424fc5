namespace Rearm.Streaming.Storage.Leases;

/// <summary>This process may not write: its lease has run out, or another process has it. Acquire it again before the next attempt.</summary>
public sealed class LeaseLostException : Exception
{
    /// <summary>An error that names the lease and who holds it, as far as that is known.</summary>
    public LeaseLostException(string message) : base(message) { }

    /// <summary>An error that names the lease and who holds it, as far as that is known, and what it broke off.</summary>
    public LeaseLostException(string message, Exception cause) : base(message, cause) { }
}
