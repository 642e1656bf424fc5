using System.ComponentModel.DataAnnotations;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Trainer.UnitTests;

public class TrainerOptionsTests
{
    [Theory]
    [InlineData("rearm", "", "")]
    [InlineData("rearm", "baby", "rank=5, temperature = 0.5")]
    [InlineData("ials", "", "factors=128")]
    [InlineData("rearm+ials", "baby", "alpha=40")]
    public void Validate_ModelWithSettingsOfItsOwn_IsAccepted(string model, string preset, string parameters) =>
        Assert.Empty(Errors(new() { Model = model, Preset = preset, Parameters = parameters }));

    [Theory]
    [InlineData("magic", "", "", "Trainer:Model: There is no model \"magic\"")]
    [InlineData("rearm+rearm", "", "", "Trainer:Model: \"rearm+rearm\" is no blend")]
    [InlineData("ials", "baby", "", "the model ials has no presets")]
    [InlineData("ials", "", "alpha", "Trainer:Parameters: \"alpha\" is no name=value")]
    [InlineData("ials", "", "alpha=1,alpha=2", "Trainer:Parameters: \"alpha=2\" is no name=value, or names something twice")]
    [InlineData("ials", "", "rank=2", "Trainer:Parameters: The model ials has no hyper-parameter \"rank\"")]
    [InlineData("ials", "", "factors=0", "Trainer:Parameters: The hyper-parameter factors is 0; a number from 1 to 1024 is needed.")]
    public void Validate_SettingsThatDoNotFit_AreRefusedByName(string model, string preset, string parameters, string message)
    {
        var error = Assert.Single(Errors(new() { Model = model, Preset = preset, Parameters = parameters }));

        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelSettings_PresetFile_IsBeneathWhatIsConfigured()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("preset.json", """{"model": "ials", "parameters": {"factors": "32", "alpha": "7"}}""");
        var options = new TrainerOptions { Model = "ials", PresetFile = file, Parameters = "alpha=3" };

        Assert.Empty(Errors(options));
        Assert.Equal(new Dictionary<string, string> { ["factors"] = "32", ["alpha"] = "3" }, options.ModelSettings.Parameters);
    }

    [Theory]
    [InlineData("{\"model\": \"bpr\", \"parameters\": {}}", "The preset file is for the model bpr, not for ials.")]
    [InlineData("{\"model\": \"ials\", \"parameters\": {\"factors\": \"0\"}}", "The hyper-parameter factors is 0")]
    [InlineData("[]", "is not one as rearm tune writes it")]
    [InlineData(null, "can't be read")]
    public void Validate_PresetFileThatCantBeUsed_IsRefusedByName(string? content, string message)
    {
        using var folder = new TemporaryFolder();
        var file = content is null ? folder.File("nowhere.json") : folder.Write("preset.json", content);

        var error = Assert.Single(Errors(new() { Model = "ials", PresetFile = file }));

        Assert.StartsWith("Trainer:PresetFile: ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another model's", "is of the model bpr, not of ials")]
    [InlineData("damaged", "damaged: its checksum differs")]
    [InlineData("newer", "layout version 9; this program reads version")]
    [InlineData("foreign", "are not a trainer checkpoint")]
    [InlineData("not described", "does not say what model it is of")]
    [InlineData("missing", "can't be read")]
    public void Validate_StartFromThatCantBeUsed_IsRefusedByName(string what, string message)
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("start.ckpt");
        if (what != "missing")
            ModelFile.Write(file, new([], ["i"], [new("p", [1], [1f])])
            {
                Description = what == "not described" ? null : new(what == "another model's" ? "bpr" : "ials", new Dictionary<string, string>(), "run", ""),
            });
        if (what is "damaged" or "newer" or "foreign")
        {
            var bytes = File.ReadAllBytes(file);
            bytes[what == "damaged" ? ^40 : what == "newer" ? 4 : 0] = 9;
            File.WriteAllBytes(file, bytes);
        }

        var error = Assert.Single(Errors(new() { Model = "ials", StartFrom = file }));

        Assert.StartsWith($"Trainer:StartFrom: The model file {file} ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", true)]
    [InlineData("popularity", true)]
    [InlineData("magic", false)]
    [InlineData("rearm", false)]
    [InlineData("", false)]
    public void Validate_FirstGeneration_IsAQuickModelOrNone(string name, bool valid) =>
        Assert.Equal(valid, Errors(new() { FirstGeneration = name }).Count == 0);

    [Theory]
    [InlineData("", "UTC")]
    [InlineData("0 3 * * *", "UTC")]
    [InlineData("*/15 8-20 * * MON-FRI", "Europe/Berlin")]
    public void Validate_CronExpression_IsAccepted(string cron, string zone) => Assert.Empty(Errors(new() { Cron = cron, CronTimeZone = zone }));

    [Theory]
    [InlineData("every night", "UTC", "Trainer:Cron is \"every night\", which is no cron expression of five fields")]
    [InlineData("0 25 * * *", "UTC", "Trainer:Cron is \"0 25 * * *\"")]
    [InlineData("0 0 30 2 *", "UTC", "Trainer:Cron is \"0 0 30 2 *\", a time that never comes.")]
    [InlineData("0 3 * * *", "Mars/Olympus", "Trainer:CronTimeZone is \"Mars/Olympus\", which is no time zone here")]
    public void Validate_CronThatMakesNoSense_IsRefusedByName(string cron, string zone, string message) =>
        Assert.Contains(message, Assert.Single(Errors(new() { Cron = cron, CronTimeZone = zone })), StringComparison.Ordinal);

    [Theory]
    [InlineData("half", VectorPrecision.Half)]
    [InlineData("single", VectorPrecision.Full)]
    public void StoredPrecision_OfAName_IsItsPrecision(string name, VectorPrecision precision)
    {
        var options = new TrainerOptions { UserVectorPrecision = name };
        Assert.Empty(Errors(options));
        Assert.Equal(precision, options.StoredPrecision);
    }

    [Fact]
    public void Validate_UnknownPrecision_IsRefusedWithThoseThatThereAre() =>
        Assert.Equal(["Trainer:UserVectorPrecision: choose half or single."], Errors(new() { UserVectorPrecision = "quarter" }));

    private static List<string> Errors(TrainerOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new(options), results, validateAllProperties: true);
        return [.. results.Select(r => r.ErrorMessage!)];
    }
}
