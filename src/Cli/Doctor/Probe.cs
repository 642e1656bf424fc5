namespace Rearm.Streaming.Cli.Doctor;

/// <summary>Looks at one thing the programs need.</summary>
/// <param name="Name">The thing.</param>
/// <param name="Remedy">How to get it, should looking itself fail.</param>
/// <param name="Look">Looks; may block for a few seconds, may throw.</param>
internal sealed record Probe(string Name, string Remedy, Func<CancellationToken, Task<Finding>> Look)
{
    public Probe(string name, string remedy, Func<Finding> look) : this(name, remedy, _ => Task.Run(look))
    {
    }

    /// <summary>Looks and does not throw: what can't be looked at is bad.</summary>
    public async Task<Finding> LookSafelyAsync(CancellationToken cancellation)
    {
        try
        {
            return await Look(cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // A static constructor that failed hides the reason inside.
            return Finding.Bad((e is TypeInitializationException ? e.InnerException ?? e : e).Message, Remedy);
        }
    }
}
