using System.Text.Json;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Models.Rearm;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Models.UnitTests.Golden;

/// <summary>One golden case: what the authors' program computed on a small made-up problem.</summary>
internal sealed class GoldenCase
{
    private const string FolderVariable = "REARM_GOLDEN_DIR";

    private GoldenCase(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        Arrays = new NpzFile(path);
        Config = JsonDocument.Parse(Arrays["config"].Text).RootElement;
    }

    internal string Name { get; }

    internal NpzFile Arrays { get; }

    internal JsonElement Config { get; }

    internal int Users => Int("nu");

    internal int Items => Int("ni");

    /// <summary>Every case in the folder the environment names, or in the tests' own.</summary>
    internal static IReadOnlyList<GoldenCase> All()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "Golden");
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "case_*.npz") : [];
        Assert.True(files.Length > 0, $"There is no case_*.npz in {folder}; {FolderVariable} names another folder.");
        return [.. files.Order(StringComparer.Ordinal).Select(f => new GoldenCase(f))];
    }

    internal RearmHyperParameters Parameters => new()
    {
        Dimension = Int("dim"),
        Rank = Int("rank"),
        Layers = Int("nl"),
        ItemGraphLayers = Int("nii"),
        UserGraphLayers = Int("nuu"),
        UserNeighbors = Int("ku"),
        ItemNeighbors = Int("ki"),
        UserFirstModalityWeight = Double("uw"),
        ItemFirstModalityWeight = Double("iw"),
        UserCooccurrenceWeight = Double("uco"),
        ItemCooccurrenceWeight = Double("ico"),
        Temperature = Double("tmp"),
        ContrastWeight = Double("clw"),
        OrthogonalityWeight = Double("dfw"),
        LearningRate = Double("lr"),
        WeightDecay = Double("wd"),
        BatchSize = Int("B"),
        SelfDropout = 0,
        CrossDropout = 0,
        TrainFeatures = true,
    };

    /// <summary>The case's input as a snapshot, its graphs cut by src/Graphs.</summary>
    internal GraphSnapshot Snapshot() => SnapshotAssembler.Assemble(
        new SnapshotContent
        {
            UserIds = [.. Enumerable.Range(0, Users).Select(u => $"u{u}")],
            ItemIds = [.. Enumerable.Range(0, Items).Select(i => $"i{i}")],
            Categories = [.. Enumerable.Range(0, Items).Select(_ => Array.Empty<string>())],
            Available = [.. Enumerable.Repeat(true, Items)],
            Interactions = InteractionPairs.ToMatrix(Users, Pairs("train").Select((p, at) => new InteractionPair(p.User, p.Item, at))),
            Modalities = [Features("image"), Features("text")],
        },
        new GraphSettings { UserNeighbors = Int("ku"), ItemNeighbors = Int("ki"), Preprocessing = GraphSettings.None });

    internal IEnumerable<(int User, int Item)> Pairs(string name)
    {
        var pairs = Arrays[$"input/{name}"];
        for (var row = 0; row < pairs.Rows; row++)
            yield return ((int)pairs.Values[row * 2], (int)pairs.Values[row * 2 + 1]);
    }

    internal double Double(string key) => Config.GetProperty(key).GetDouble();

    private int Int(string key) => Config.GetProperty(key).GetInt32();

    private ModalityFeatures Features(string name)
    {
        var array = Arrays[$"input/{name}_feat"];
        return ModalityFeatures.FromFloats(name, array.Columns, array.Floats, [.. Enumerable.Repeat(true, array.Rows)]);
    }
}
