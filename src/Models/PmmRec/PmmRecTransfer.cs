using Rearm.Streaming.Models.Sequences;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.PmmRec;

/// <summary>Starts a PMMRec of one catalogue from one that was trained on another: no parameter belongs to an item or a user.</summary>
public static class PmmRecTransfer
{
    /// <summary>A part of a trained model that was carried from another installation.</summary>
    /// <param name="file">The model.</param>
    /// <param name="parts">What to take of it.</param>
    /// <exception cref="ArgumentException">It is of another kind, which has no parts that could start another model alone.</exception>
    public static ModelCheckpoint Select(ModelFile file, TransferParts parts) => file.Description.Model == PmmRecModel.Name
        ? Select(file.Checkpoint, parts)
        : throw new ArgumentException(
            $"The model file {file.Path} is of the model {file.Description.Model}, of which everything can be taken but no part; {PmmRecModel.Name} has parts.");

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
