namespace Rearm.Streaming.Models.Training;

/// <summary>A training run that can't go on; the message says what happened and what to do.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>An error that says what happened and what to do.</summary>
    public TrainingException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>Whether numbers stopped being finite, for which the parameters that the run started from may be the reason.</summary>
    public bool IsNotFinite { get; init; }
}
