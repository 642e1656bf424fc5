using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Models;
using Rearm.Streaming.Models.PmmRec;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Cli.Generations;

/// <summary>Trained models on their way from one installation to another.</summary>
internal static class ModelTransfer
{
    /// <summary>What an imported model is called in the Trainer's folder.</summary>
    public const string ImportedModel = "start.ckpt";

    /// <summary>What its hyper-parameters are called.</summary>
    public const string ImportedPreset = "start.json";

    /// <summary>What can be imported of a model: everything or, of PMMRec, one of its parts.</summary>
    public static IReadOnlyDictionary<string, TransferParts> Parts { get; } = new Dictionary<string, TransferParts>
    {
        ["everything"] = TransferParts.Full,
        ["item-encoder"] = TransferParts.ItemEncoder,
        ["user-encoder"] = TransferParts.UserEncoder,
    };

    /// <summary>Writes what can be carried of a Trainer's checkpoint, and says what it is.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="generation">The generation that it must be of; null: any.</param>
    /// <param name="file">Where to.</param>
    /// <param name="output">Takes the words.</param>
    /// <exception cref="CliException">The checkpoint can't be used, or is of another run than the generation.</exception>
    public static void Export(string checkpoint, KeptGeneration? generation, string file, TextWriter output) => Try(() =>
    {
        var model = ModelFile.Read(checkpoint);
        if (generation is not null && generation.Settings.GetValueOrDefault("run", "none that is named") is var run && run != model.Description.Run)
            throw new CliException(
                $"Generation {generation.Number} is of the run {run}, but {checkpoint} is of the run {model.Description.Run}: the Trainer keeps the parameters of its "
                + "newest run alone. Export without --generation to take those.");
        ModelFile.Write(file, ModelFile.Portable(model.Checkpoint));
        Describe(ModelFile.Read(file), output);
        output.WriteLine($"Written: {file}. On the other installation: rearm models import {Path.GetFileName(file)}");
    });

    /// <summary>Checks a file that was exported elsewhere, puts it into the Trainer's folder, and says how to start from it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="part">What of it to take.</param>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="output">Takes the words.</param>
    /// <exception cref="CliException">The file can't be used, this release does not know its model, or that has no such part.</exception>
    public static void Import(string file, TransferParts part, string folder, TextWriter output) => Try(() =>
    {
        var model = ModelFile.Read(file);
        var description = model.Description;
        ModelCatalogue.Get(description.Model).Check(new() { Parameters = description.HyperParameters });
        var taken = part == TransferParts.Full ? model.Checkpoint : PmmRecTransfer.Select(model, part);
        Directory.CreateDirectory(folder);
        var (target, preset) = (Path.Combine(folder, ImportedModel), Path.Combine(folder, ImportedPreset));
        // Without users' ids, should it be a checkpoint that was never exported.
        ModelFile.Write(target, ModelFile.Portable(taken));
        new PresetFile
        {
            Model = description.Model,
            Parameters = description.HyperParameters,
            Chosen = new Dictionary<string, string> { ["imported from"] = Path.GetFileName(file), ["run"] = description.Run },
        }.Write(preset);
        Describe(ModelFile.Read(target), output);
        output.WriteLine($"Written: {target} and {preset}. The Trainer goes on from there with");
        output.WriteLine($"  Trainer:Model={description.Model}");
        output.WriteLine($"  Trainer:PresetFile={preset}");
        output.WriteLine($"  Trainer:StartFrom={target}");
    });

    private static void Describe(ModelFile model, TextWriter output) => output.WriteLine(
        $"The model {model.Description.Model} of the run {model.Description.Run}: {model.Checkpoint.Parameters.Count} parameters, "
        + $"{model.Checkpoint.Parameters.Sum(p => (long)p.Values.Length)} numbers; {model.Checkpoint.ItemIds.Length} items by id, no users' ids.");

    private static void Try(Action act)
    {
        try
        {
            act();
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw CliException.From(e);
        }
    }
}
