namespace Rearm.Streaming.Storage.Generations;

/// <summary>Why a generation can't be pinned.</summary>
public enum PinProblem
{
    /// <summary>There is none of that number, or it can't be read.</summary>
    NotThere,

    /// <summary>It is about to expire.</summary>
    NoLongerKept,
}
