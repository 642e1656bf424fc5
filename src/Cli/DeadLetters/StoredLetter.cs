using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.DeadLetters;

/// <summary>A dead letter as the topic has it.</summary>
/// <param name="Partition">Its partition in the dead-letter topic.</param>
/// <param name="Offset">Its offset there.</param>
/// <param name="Letter">What it says; without its value where many are listed. Only reason and time where it could not be read.</param>
/// <param name="ValueBytes">Bytes of the value.</param>
internal sealed record StoredLetter(int Partition, long Offset, DeadLetter Letter, int ValueBytes)
{
    /// <summary>The user of the interaction or the item of the description that is in it; null where that can't be read.</summary>
    public string? Subject { get; init; }

    /// <summary>What was done about it: "replayed" or "dropped"; null if nothing.</summary>
    public string? Handled { get; init; }
}
