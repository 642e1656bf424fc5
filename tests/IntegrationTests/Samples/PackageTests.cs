using System.IO.Compression;
using System.Xml.Linq;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;

namespace Rearm.Streaming.IntegrationTests.Samples;

/// <summary>What <c>dotnet pack</c> makes of src/Client, and of src/Contracts, which it needs.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Client_Packed_HasReadmeLicenceDocsSymbolsAndItsDependencies()
    {
        var (files, nuspec) = await PackAsync("Client");

        Assert.Superset(new HashSet<string> { "README.md", "lib/net10.0/Rearm.Streaming.Client.dll", "lib/net10.0/Rearm.Streaming.Client.xml" }, files);
        Assert.Superset(new HashSet<string> { "Grpc.Net.Client", "Polly.Core", "Rearm.Streaming.Contracts" }, Dependencies(nuspec).ToHashSet());
    }

    [Fact]
    public async Task Contracts_Packed_HasTheProtoFilesToo()
    {
        var (files, _) = await PackAsync("Contracts");

        Assert.Superset(new HashSet<string> { "README.md", "lib/net10.0/Rearm.Streaming.Contracts.dll", "lib/net10.0/Rearm.Streaming.Contracts.xml" }, files);
        Assert.Superset(new HashSet<string> { "protos/rearm/v1/ingestion.proto", "protos/rearm/v1/recommender.proto", "protos/google/api/http.proto" }, files);
    }

    private async Task<(HashSet<string> Files, XElement Nuspec)> PackAsync(string project)
    {
        // release -> Release: the configuration that the tests run in, which is built.
        var configuration = new DirectoryInfo(Repository.OutputOf(project)).Name;
        await ForeignProgram.RunAsync(
            "dotnet", ["pack", Repository.PathOf("src", project), "-c", char.ToUpperInvariant(configuration[0]) + configuration[1..], "--no-build", "-o", _folder.Path, "-v", "quiet", "-nologo"], "");
        var package = Assert.Single(Directory.GetFiles(_folder.Path, "*.nupkg"));
        using var archive = ZipFile.OpenRead(package);
        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(package, ".snupkg"));
        Assert.Contains(symbols.Entries, entry => entry.FullName == $"lib/net10.0/Rearm.Streaming.{project}.pdb");
        using var content = archive.GetEntry($"Rearm.Streaming.{project}.nuspec")!.Open();
        var nuspec = XDocument.Load(content).Root!;
        Assert.Equal($"Rearm.Streaming.{project}", Metadata(nuspec, "id"));
        Assert.Equal(("MIT", "README.md"), (Metadata(nuspec, "license"), Metadata(nuspec, "readme")));
        Assert.Contains("streaming recommendation", Metadata(nuspec, "description"));
        return ([.. archive.Entries.Select(entry => entry.FullName)], nuspec);
    }

    private static string Metadata(XElement nuspec, string name) => nuspec.Descendants().First(element => element.Name.LocalName == name).Value;

    private static IEnumerable<string> Dependencies(XElement nuspec) => nuspec.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element => element.Attribute("id")!.Value);
}
