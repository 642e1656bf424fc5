namespace Rearm.Streaming.Contracts;

/// <summary>Stored or received bytes that can't be used: malformed, damaged, or of a version this program does not know.</summary>
public sealed class ContractException : Exception
{
    /// <summary>An error that names the thing, the value found and what to do.</summary>
    public ContractException(string message) : base(message) { }

    /// <summary>An error that names the thing, the value found and what to do.</summary>
    public ContractException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Refuses any version but the one this program knows.</summary>
    /// <param name="thing">What was read, e.g. "snapshot manifest".</param>
    /// <param name="found">The version found.</param>
    /// <param name="known">The version this program reads.</param>
    /// <exception cref="ContractException">The two differ.</exception>
    public static void RequireVersion(string thing, long found, long known)
    {
        if (found != known)
            throw new ContractException($"The {thing} has layout version {found}; this program reads version {known}. Run writers and readers of the same release, or upgrade this one.");
    }
}
