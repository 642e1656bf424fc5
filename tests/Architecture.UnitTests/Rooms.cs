using System.Reflection;
using ArchUnitNET.Loader;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Architecture.UnitTests;

/// <summary>The projects of src, as assemblies and as files.</summary>
internal static class Rooms
{
    /// <summary>What each may reference. Services never reference each other; only the Cli references them all.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> MayReference = new Dictionary<string, string[]>
    {
        ["Contracts"] = [],
        ["Graphs"] = ["Contracts"],
        ["Datasets"] = ["Contracts"],
        ["Models"] = ["Contracts", "Graphs"],
        ["Storage"] = ["Contracts"],
        ["Client"] = ["Contracts"],
        ["ServiceDefaults"] = ["Contracts", "Storage"],
        ["Ingestor"] = ["Contracts", "ServiceDefaults"],
        ["GraphBuilder"] = ["Contracts", "Graphs", "ServiceDefaults", "Storage"],
        ["Trainer"] = ["Contracts", "Graphs", "Models", "ServiceDefaults", "Storage"],
        ["Server"] = ["Contracts", "Graphs", "ServiceDefaults", "Storage"],
        ["Cli"] = ["Client", "Contracts", "Datasets", "GraphBuilder", "Graphs", "Ingestor", "Models", "Server", "ServiceDefaults", "Storage", "Trainer"],
    };

    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Loaded =
        new(() => new ArchLoader().LoadAssemblies([.. MayReference.Keys.Select(AssemblyOf)]).Build());

    public static TheoryData<string> Names => [.. MayReference.Keys];

    /// <summary>The types of all of them and what each depends on.</summary>
    public static ArchUnitNET.Domain.Architecture Architecture => Loaded.Value;

    /// <summary>The repository's folder "src".</summary>
    public static string SourceFolder { get; } = Repository.PathOf("src");

    public static Assembly AssemblyOf(string room) => Assembly.Load($"Rearm.Streaming.{room}");

    /// <summary>Every source file of a room.</summary>
    public static IEnumerable<string> FilesOf(string room) => Directory.EnumerateFiles(Path.Combine(SourceFolder, room), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
}
