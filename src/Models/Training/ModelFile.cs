using System.Security.Cryptography;
using Rearm.Streaming.Contracts;

namespace Rearm.Streaming.Models.Training;

/// <summary>A trained model in a file, to be carried to another installation: a checkpoint that says what it is of.</summary>
/// <param name="Path">The file.</param>
/// <param name="Checksum">SHA-256 of its content, lower-case hex.</param>
/// <param name="Checkpoint">The parameters.</param>
/// <param name="Description">What they are of.</param>
public sealed record ModelFile(string Path, string Checksum, ModelCheckpoint Checkpoint, CheckpointDescription Description)
{
    /// <summary>Reads and verifies a file.</summary>
    /// <exception cref="ArgumentException">It can't be read, is damaged, of another release, or no such file; the message names it.</exception>
    public static ModelFile Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var checkpoint = CheckpointCodec.Read(file);
            var description = checkpoint.Description
                ?? throw new ArgumentException($"The model file {path} does not say what model it is of; train with this release, and export what that gives.");
            file.Position = file.Length - SHA256.HashSizeInBytes;
            var checksum = new byte[SHA256.HashSizeInBytes];
            file.ReadExactly(checksum);
            return new(path, Convert.ToHexStringLower(checksum), checkpoint, description);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException($"The model file {path} can't be read: {e.Message}", e);
        }
        catch (ContractException e)
        {
            throw new ArgumentException($"The model file {path} can't be used: {e.Message}", e);
        }
    }

    /// <summary>Writes a file, or replaces it as a whole.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, ModelCheckpoint checkpoint)
    {
        var partial = path + ".partial";
        using (var file = File.Create(partial))
        {
            CheckpointCodec.Write(file, checkpoint);
            file.Flush(flushToDisk: true);
        }
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>What a Trainer at another place needs of a checkpoint: nobody's id, and not the optimizer's state, which is of the old data.</summary>
    public static ModelCheckpoint Portable(ModelCheckpoint checkpoint) => checkpoint.WithoutUserIds(_ => true) with { Moments = [] };

    /// <summary>Requires that it is of a model.</summary>
    /// <exception cref="ArgumentException">It is of another.</exception>
    public ModelFile Of(string model) => model == Description.Model
        ? this
        : throw new ArgumentException($"The model file {Path} is of the model {Description.Model}, not of {model}.");

    /// <summary>Requires that a model could start from it.</summary>
    /// <exception cref="ArgumentException">A parameter has another shape, or there is none that the model has.</exception>
    public void RequireFit(WarmStartResult result)
    {
        if (result.OtherShapes.Count > 0)
            throw new ArgumentException(
                $"The model file {Path} does not fit: {string.Join(", ", result.OtherShapes)}. Train with the hyper-parameters that it was made with (rearm models "
                + "import writes them to a preset file), and with features as wide.");
        if (result.Loaded == 0)
            throw new ArgumentException(
                $"The model file {Path} has no parameter of this model; its first is {Checkpoint.Parameters.Select(p => p.Name).FirstOrDefault("none")}.");
    }
}
