namespace Rearm.Streaming.GraphBuilder.Consuming;

/// <summary>What happens to partitions.</summary>
internal enum RebalanceKind
{
    /// <summary>They are this process's from now on.</summary>
    Assigned,

    /// <summary>They go to another process, once this one has finished with them.</summary>
    Revoked,

    /// <summary>They have gone to another process already.</summary>
    Lost,
}
