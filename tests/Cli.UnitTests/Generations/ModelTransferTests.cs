using System.CommandLine;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Models.Training;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Generations;

public sealed class ModelTransferTests : IDisposable
{
    private static readonly ModelCheckpoint Checkpoint = new(["ada"], ["tent"], [new("bpr_items", [1, 2], [1f, 2f])])
    {
        Moments = [new("bpr_items", 3, [1f, 1f], [1f, 1f])],
        Description = new("bpr", new Dictionary<string, string> { ["dimension"] = "2" }, "run 1", ""),
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ExportAndImport_Checkpoint_IsCarriedWithoutUsersAndCanBeStartedFrom()
    {
        var (checkpoint, exported, trainer) = (_folder.File("model.ckpt"), _folder.File("shop.ckpt"), _folder.File("trainer"));
        ModelFile.Write(checkpoint, Checkpoint);

        var export = await RunAsync("export", exported, "--run", checkpoint);
        var import = await RunAsync("import", exported, "--to", trainer);

        Assert.True(export.Code == ExitCodes.Success, export.Output);
        Assert.True(import.Code == ExitCodes.Success, import.Output);
        var carried = ModelFile.Read(Path.Combine(trainer, "start.ckpt"));
        Assert.Equal("run 1", carried.Description.Run);
        Assert.Equal(["tent"], carried.Checkpoint.ItemIds);
        Assert.Equal([1f, 2f], carried.Checkpoint.Parameters.Single().Values);
        Assert.Empty(carried.Checkpoint.Moments);
        Assert.DoesNotContain("ada", carried.Checkpoint.UserIds);
        var preset = PresetFile.Read(Path.Combine(trainer, "start.json"));
        Assert.Equal(("bpr", "2"), (preset.Model, preset.Parameters["dimension"]));
        Assert.Contains($"Trainer:StartFrom={Path.Combine(trainer, "start.ckpt")}", import.Output, StringComparison.Ordinal);
        Assert.Equal(["start.ckpt", "start.json"], Directory.GetFiles(trainer).Select(path => Path.GetFileName(path)!).Order());
    }

    [Theory]
    [InlineData("item-encoder", "pmmrec_items.")]
    [InlineData("user-encoder", "pmmrec_users.")]
    public async Task Import_PartOfPmmRec_TakesThatAlone(string part, string prefix)
    {
        var file = _folder.File("shop.ckpt");
        string[] names = ["pmmrec_items.projection:text.weight", "pmmrec_users.positions"];
        ModelFile.Write(file, Checkpoint with
        {
            Parameters = [.. names.Select(name => new NamedArray(name, [1, 2], [1f, 2f]))],
            Description = new("pmmrec", new Dictionary<string, string>(), "run 1", ""),
        });

        var import = await RunAsync("import", file, "--part", part, "--to", _folder.File("trainer"));

        Assert.True(import.Code == ExitCodes.Success, import.Output);
        Assert.Contains("1 parameters", import.Output, StringComparison.Ordinal);
        var taken = ModelFile.Read(Path.Combine(_folder.File("trainer"), "start.ckpt"));
        Assert.StartsWith(prefix, Assert.Single(taken.Checkpoint.Parameters).Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_PartOfAModelWithoutParts_IsRefusedAndNothingIsWritten()
    {
        var file = _folder.File("shop.ckpt");
        ModelFile.Write(file, Checkpoint);

        await AssertRefusedAsync(file, "is of the model bpr, of which everything can be taken but no part", "--part", "item-encoder");
    }

    [Theory]
    [InlineData("magic", "dimension", "There is no model \"magic\"")]
    [InlineData("bpr", "wings", "The model bpr has no hyper-parameter \"wings\"")]
    public async Task Import_ModelThatThisReleaseDoesNotKnow_IsRefusedAndNothingIsWritten(string model, string parameter, string message)
    {
        var file = _folder.File("shop.ckpt");
        ModelFile.Write(file, Checkpoint with { Description = new(model, new Dictionary<string, string> { [parameter] = "2" }, "run 1", "") });

        await AssertRefusedAsync(file, message);
    }

    [Theory]
    [InlineData("damaged", "damaged: its checksum differs")]
    [InlineData("newer", "layout version 9; this program reads version")]
    [InlineData("foreign", "are not a trainer checkpoint")]
    [InlineData("missing", "can't be read")]
    public async Task Import_FileThatCantBeUsed_IsRefusedAndNothingIsWritten(string what, string message)
    {
        var file = _folder.File("shop.ckpt");
        if (what != "missing")
        {
            ModelFile.Write(file, Checkpoint);
            var bytes = await File.ReadAllBytesAsync(file);
            bytes[what == "damaged" ? ^40 : what == "newer" ? 4 : 0] = 9;
            await File.WriteAllBytesAsync(file, bytes);
        }

        await AssertRefusedAsync(file, message);
    }

    [Fact]
    public async Task Export_CheckpointThatDoesNotSayWhatItIs_IsRefused()
    {
        var file = _folder.File("model.ckpt");
        ModelFile.Write(file, Checkpoint with { Description = null });

        var (code, output) = await RunAsync("export", _folder.File("shop.ckpt"), "--run", file);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains($"The model file {file} does not say what model it is of", output, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("shop.ckpt")));
    }

    private async Task AssertRefusedAsync(string file, string message, params string[] flags)
    {
        var (code, output) = await RunAsync(["import", file, "--to", _folder.File("trainer"), .. flags]);

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("trainer")));
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        var code = await RearmCommandLine.RunAsync(["models", .. args], new InvocationConfiguration { Output = output, Error = output });
        return (code, output.ToString());
    }
}
