using System.Text.RegularExpressions;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.Server;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Trainer;
using YamlDotNet.Serialization;
using Map = System.Collections.Generic.Dictionary<object, object>;

namespace Rearm.Streaming.Cli.UnitTests;

/// <summary>Checks, without Helm, that the chart is whole: its templates, its values and the programs' options agree.</summary>
public partial class HelmChartTests
{
    private static readonly string Chart = Repository.PathOf("deploy", "helm", "rearm");
    private static readonly Map Values = Yaml("values.yaml");
    private static readonly string[] Sections = ["ingestor", "graphBuilder", "trainer", "server"];

    private static readonly IReadOnlyDictionary<string, string> Templates =
        Directory.GetFiles(Path.Combine(Chart, "templates")).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllText);

    [Fact]
    public void Chart_Metadata_NamesTheVersionOfThePrograms()
    {
        var chart = Yaml("Chart.yaml");

        Assert.Equal(("v2", "rearm"), (chart["apiVersion"], chart["name"]));
        Assert.Equal(typeof(ServerHost).Assembly.GetName().Version!.ToString(3), chart["appVersion"]);
    }

    [Fact]
    public void Templates_ValuesUsed_AreInTheValuesFile()
    {
        var used = Templates.Values.SelectMany(template => ValuePath().Matches(template)).Select(path => path.Groups[1].Value).Distinct().ToList();
        var ofSections = Templates.Values.SelectMany(template => SectionPath().Matches(template)).Select(path => path.Groups[1].Value).Distinct().ToList();

        Assert.All(used, path => Assert.True(Exists(Values, path), $".Values.{path} is not in values.yaml."));
        Assert.All(ofSections, path => Assert.True(Sections.Any(section => Exists(Values, $"{section}.{path}")), $".values.{path} is in no service's section of values.yaml."));
    }

    [Fact]
    public void Values_All_AreUsedByATemplate()
    {
        var templates = string.Concat(Templates.Values);
        foreach (var (name, value) in Values)
            foreach (var key in value is Map { Count: > 0 } section ? section.Keys.Select(key => $".{key}") : [""])
                Assert.True(
                    Regex.IsMatch(templates, $@"\.Values\.{name}{Regex.Escape(key)}\b") || (Sections.Contains(name) && Regex.IsMatch(templates, $@"\.values{Regex.Escape(key)}\b")),
                    $"No template uses {name}{key}.");
    }

    [Fact]
    public void Templates_Actions_AreBalancedAndIncludeWhatIsDefined()
    {
        var defined = Templates.Values.SelectMany(template => Define().Matches(template)).Select(define => define.Groups[1].Value).ToHashSet();

        Assert.All(Templates, template =>
        {
            Assert.Equal(template.Value.Split("{{").Length, template.Value.Split("}}").Length);
            Assert.Equal(Opening().Count(template.Value), End().Count(template.Value));
            Assert.All(Include().Matches(template.Value), include => Assert.Contains(include.Groups[1].Value, defined));
        });
    }

    [Fact]
    public void Settings_Named_AreOptions()
    {
        var named = Templates.Values.Append(File.ReadAllText(Path.Combine(Chart, "values.yaml"))).SelectMany(text => Setting().Matches(text))
            .Select(setting => (Name: setting.Groups[1].Value, Value: setting.Groups[2] is { Success: true } value ? value.Value : null)).ToList();

        Assert.NotEmpty(named);
        Assert.All(named.Where(setting => !setting.Name.StartsWith("DOTNET", StringComparison.Ordinal)), setting => ServiceSettings.AssertIsOption(setting.Name, setting.Value));
    }

    [Fact]
    public void Services_PortsAndImages_AreThoseOfThePrograms()
    {
        var declared = Templates.Values.SelectMany(template => Service().Matches(template)).Select(service => string.Join(' ', service.Groups.Values.Skip(1).Select(group => group.Value)));

        Assert.Equal(
            [
                $"graph-builder graphBuilder {GraphBuilderHost.DefaultGrpcPort} {GraphBuilderHost.DefaultHttpPort}", $"ingestor ingestor {IngestorHost.DefaultGrpcPort} {IngestorHost.DefaultHttpPort}",
                $"server server {ServerHost.DefaultGrpcPort} {ServerHost.DefaultHttpPort}", $"trainer trainer {TrainerHost.DefaultGrpcPort} {TrainerHost.DefaultHttpPort}",
            ],
            declared.Order());
    }

    [Theory]
    [InlineData("httpGet: { path: /healthz, port: http }")]
    [InlineData("httpGet: { path: /readyz, port: http }")]
    [InlineData("runAsNonRoot: true")]
    [InlineData("readOnlyRootFilesystem: true")]
    [InlineData("allowPrivilegeEscalation: false")]
    public void Pod_OfEveryService_IsProbedAndConfined(string line)
    {
        var helpers = Templates["_helpers.tpl"];

        Assert.Contains(line, helpers[helpers.IndexOf("define \"rearm.pod\"", StringComparison.Ordinal)..]);
        // Once in the Deployment that two have, and once in each StatefulSet.
        Assert.Equal(3, Templates.Values.Sum(template => template.Split("include \"rearm.pod\"").Length - 1));
    }

    private static Map Yaml(string file) => new DeserializerBuilder().Build().Deserialize<Map>(File.ReadAllText(Path.Combine(Chart, file)));

    private static bool Exists(Map values, string path)
    {
        object? value = values;
        foreach (var key in path.Split('.'))
            if (value is not Map map || !map.TryGetValue(key, out value))
                return false;
        return true;
    }

    [GeneratedRegex(@"\.Values\.([a-zA-Z.]+)")]
    private static partial Regex ValuePath();

    [GeneratedRegex(@"\.values\.([a-zA-Z.]+)")]
    private static partial Regex SectionPath();

    [GeneratedRegex("""\bdefine "([^"]+)""")]
    private static partial Regex Define();

    [GeneratedRegex("""\binclude "([^"]+)""")]
    private static partial Regex Include();

    [GeneratedRegex(@"\{\{-? *(?:if|with|range|define)\b")]
    private static partial Regex Opening();

    [GeneratedRegex(@"\{\{-? *end\b")]
    private static partial Regex End();

    // Trainer__Interval, and its value where it is a plain one.
    [GeneratedRegex(@"\b([A-Z][A-Za-z]+__[A-Za-z]+)(?:: ""([^""{]*)"")?")]
    private static partial Regex Setting();

    [GeneratedRegex("""dict "root" \$ "name" "([a-z-]+)" "values" \.Values\.(\w+) "grpc" (\d+) "http" (\d+)""")]
    private static partial Regex Service();
}
