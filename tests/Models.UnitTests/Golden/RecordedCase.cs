using System.Text.Json;
using Rearm.Streaming.Contracts.Snapshots;
using Rearm.Streaming.Graphs;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Models.UnitTests.Golden;

/// <summary>What the authors' program of a model computed on a small made-up problem of users, items and two modalities.</summary>
internal abstract class RecordedCase
{
    protected RecordedCase(string path)
    {
        Name = Path.GetFileNameWithoutExtension(path);
        Arrays = new NpzFile(path);
        // A text in an array may be padded with zeros.
        Config = JsonDocument.Parse(Arrays["config"].Text.TrimEnd('\0')).RootElement;
    }

    internal string Name { get; }

    internal NpzFile Arrays { get; }

    internal JsonElement Config { get; }

    internal int Users => Int("nu");

    internal int Items => Int("ni");

    internal IEnumerable<(int User, int Item)> Pairs(string name)
    {
        var pairs = Arrays[$"input/{name}"];
        for (var row = 0; row < pairs.Rows; row++)
            yield return ((int)pairs.Values[row * 2], (int)pairs.Values[row * 2 + 1]);
    }

    internal double Double(string key) => Config.GetProperty(key).GetDouble();

    internal int Int(string key) => Config.GetProperty(key).GetInt32();

    /// <summary>Every case in the folder the environment names, or in the tests' own.</summary>
    /// <param name="variable">The environment's variable.</param>
    /// <param name="pattern">What the files are called.</param>
    /// <param name="open">Opens one.</param>
    protected static IReadOnlyList<T> In<T>(string variable, string pattern, Func<string, T> open) => [.. GoldenFolder.Files(variable, pattern).Select(open)];

    /// <summary>The case's input as a snapshot, its graphs cut by src/Graphs.</summary>
    protected GraphSnapshot Snapshot(GraphSettings settings) => SnapshotAssembler.Assemble(
        new SnapshotContent
        {
            UserIds = [.. Enumerable.Range(0, Users).Select(u => $"u{u}")],
            ItemIds = [.. Enumerable.Range(0, Items).Select(i => $"i{i}")],
            Categories = [.. Enumerable.Range(0, Items).Select(_ => Array.Empty<string>())],
            Available = [.. Enumerable.Repeat(true, Items)],
            Interactions = InteractionPairs.ToMatrix(Users, Pairs("train").Select((p, at) => new InteractionPair(p.User, p.Item, at))),
            Modalities = [Features("image"), Features("text")],
        },
        settings);

    private ModalityFeatures Features(string name)
    {
        var array = Arrays[$"input/{name}_feat"];
        return ModalityFeatures.FromFloats(name, array.Columns, array.Floats, [.. Enumerable.Repeat(true, array.Rows)]);
    }
}
