namespace Rearm.Streaming.Cli.Doctor;

/// <summary>Checks one thing the programs need.</summary>
/// <param name="Name">The thing.</param>
/// <param name="Remedy">What to do if the check itself fails.</param>
/// <param name="Look">The check; may block for a few seconds, may throw.</param>
internal sealed record Probe(string Name, string Remedy, Func<CancellationToken, Task<Finding>> Look)
{
    public Probe(string name, string remedy, Func<Finding> look) : this(name, remedy, _ => Task.Run(look))
    {
    }

    /// <summary>Runs the check and does not throw: one that fails is a bad finding.</summary>
    public async Task<Finding> LookSafelyAsync(CancellationToken cancellation)
    {
        try
        {
            return await Look(cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            // A type initializer that failed has the reason inside.
            return Finding.Bad((e is TypeInitializationException ? e.InnerException ?? e : e).Message, Remedy);
        }
    }
}
