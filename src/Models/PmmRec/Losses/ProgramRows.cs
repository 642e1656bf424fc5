using Rearm.Streaming.Models.Sequences;

namespace Rearm.Streaming.Models.PmmRec.Losses;

/// <summary>Which rows of a batch the older program's contrast compares.</summary>
/// <param name="Owners">Whose each is.</param>
/// <param name="Rows">Its place in the batch, u W + c.</param>
internal sealed record ProgramRows(int[] Owners, int[] Rows)
{
    /// <summary>The real inputs, as the program means it.</summary>
    internal static ProgramRows Right(SequenceBatch batch) => new(
        Array.ConvertAll(batch.Inputs, input => input / batch.Length), Array.ConvertAll(batch.Inputs, batch.RowOf));

    /// <summary>As the program has it: it counts L to a user where there are W, so that from the second user on items are those of rows before.</summary>
    internal static ProgramRows Slipped(SequenceBatch batch) => new(Array.ConvertAll(batch.Inputs, input => input / batch.Length), batch.Inputs);
}
