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
    public void Beneath_AnotherModel_IsRefused()
    {
        var e = Assert.Throws<ArgumentException>(() => Preset.Beneath(new(), "rearm"));

        Assert.Contains("for the model bpr, not for rearm", e.Message, StringComparison.Ordinal);
    }
}
