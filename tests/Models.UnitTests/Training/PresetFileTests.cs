using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Models.UnitTests.Training;

public sealed class PresetFileTests : IDisposable
{
    private static readonly PresetFile Preset = new()
    {
        Model = "bpr",
        Parameters = new Dictionary<string, string> { ["dimension"] = "32", ["learning_rate"] = "0.02" },
        Chosen = new Dictionary<string, string> { ["dataset"] = "tiny" },
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhatWriteWrote_IsTheSame()
    {
        Preset.Write(_folder.File("preset.json"));

        var read = PresetFile.Read(_folder.File("preset.json"));

        Assert.Equal(Preset.Model, read.Model);
        Assert.Equal(Preset.Parameters, read.Parameters);
        Assert.Equal(Preset.Chosen, read.Chosen);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"model\": \"bpr\"}")]
    [InlineData("{\"model\": \"bpr\", \"parameters\": {\"dimension\": 32}}")]
    [InlineData("{\"model\": \"bpr\", \"parameters\": {}, \"more\": 1}")]
    public void Read_NoPresetFile_IsRefusedByItsName(string content)
    {
        var path = _folder.Write("preset.json", content);

        Assert.Contains(path, Assert.Throws<ArgumentException>(() => PresetFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoFile_IsRefusedByItsName()
    {
        var e = Assert.Throws<ArgumentException>(() => PresetFile.Read(_folder.File("nowhere.json")));

        Assert.Contains("nowhere.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Beneath_WhatIsSetByOtherMeans_HasTheLastWord()
    {
        var settings = Preset.Beneath(new() { LearningRate = 0.5, Parameters = new Dictionary<string, string> { ["dimension"] = "8" } }, "bpr+ials");

        Assert.Equal(new Dictionary<string, string> { ["dimension"] = "8" }, settings.Parameters);
        Assert.Equal(0.5, settings.LearningRate);
    }

    [Fact]
    public void Beneath_EverySettingOfEpochs_HasTheLastWord()
    {
        var preset = Preset with
        {
            Parameters = new Dictionary<string, string> { ["learning_rate"] = "0.02", ["batch_size"] = "64", ["max_epochs"] = "1000", ["patience"] = "20" },
        };

        var settings = preset.Beneath(new() { LearningRate = 0.5, BatchSize = 32, MaxEpochs = 3, Patience = 2 }, "bpr");

        var described = ModelCatalogue.Get("bpr").Describe(settings);
        Assert.Equal(("0.5", "32", "3", "2"), (described["learning_rate"], described["batch_size"], described["max_epochs"], described["patience"]));
        Assert.Equal(1000, ModelCatalogue.Get("bpr").MaxEpochs(preset.Beneath(new(), "bpr")));
    }

    [Fact]
    public async Task Write_WhileAnotherReadsTheFileThatWasThere_LeavesThatOneWhole()
    {
        var path = _folder.File("preset.json");
        Preset.Write(path);
        var before = await File.ReadAllTextAsync(path);
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

        (Preset with { Parameters = new Dictionary<string, string>() }).Write(path);

        Assert.Equal(before, await reader.ReadToEndAsync());
        Assert.Empty(PresetFile.Read(path).Parameters);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Beneath_AnotherModel_IsRefused()
    {
        var e = Assert.Throws<ArgumentException>(() => Preset.Beneath(new(), "rearm"));

        Assert.Contains("for the model bpr, not for rearm", e.Message, StringComparison.Ordinal);
    }
}
