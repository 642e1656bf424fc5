using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>Starts a PMMRec of one catalogue from one that was trained on another: no parameter belongs to an item or a user.</summary>
public static class PmmRecTransfer
{
    /// <summary>What to give as <see cref="FitOptions.WarmStart"/>; the optimizer starts anew. Everything is trained, what was transferred too.</summary>
    /// <param name="checkpoint">Of a trained model.</param>
    /// <param name="parts">What to take of it.</param>
    public static ModelCheckpoint Select(ModelCheckpoint checkpoint, TransferParts parts) => checkpoint with
    {
        Parameters = [.. checkpoint.Parameters.Where(parameter => parts switch
        {
            TransferParts.Full => true,
            TransferParts.ItemEncoder => parameter.Name.StartsWith($"{PmmRecModel.ItemEncoderName}.", StringComparison.Ordinal),
            TransferParts.UserEncoder => parameter.Name.StartsWith($"{SequenceModel.EncoderOf(PmmRecModel.Name)}.", StringComparison.Ordinal),
            _ => throw new ArgumentOutOfRangeException(nameof(parts), parts, "No such part."),
        })],
        Moments = [],
    };
}
