using System.Text.Json;
using System.Text.RegularExpressions;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Processes;
using YamlDotNet.RepresentationModel;

namespace Rearm.Streaming.IntegrationTests.Deploy;

/// <summary>The dashboard and the alerts ask for metrics that the services export, by names and labels.</summary>
public sealed partial class MonitoringTests(ExportedMetrics exported) : IClassFixture<ExportedMetrics>
{
    private static readonly string Dashboard = Repository.PathOf("deploy", "grafana", "dashboards", "rearm.json");

    [Fact]
    public void Services_MetricsPrinted_HaveTheNamesOfTheirInstruments()
    {
        var ours = exported.Printed.Keys.Where(name => name.StartsWith("rearm_", StringComparison.Ordinal)).ToList();

        Assert.InRange(ours.Count, 10, int.MaxValue);
        Assert.Empty(ours.Except(exported.Ours));
    }

    [Fact]
    public void Dashboard_Queries_AreOfMetricsThatAreExported() => AssertExported(DashboardQueries());

    [Fact]
    public void Alerts_Queries_AreOfMetricsThatAreExported() => AssertExported(AlertQueries());

    [Fact]
    public void Metrics_OfOurs_AreAllOnTheDashboard()
    {
        var asked = DashboardQueries().SelectMany(Metrics).ToHashSet();
        var missing = exported.Ours.Select(Family).Distinct().Except(asked.Select(Family));

        Assert.Empty(missing);
    }

    [Fact]
    public async Task Dashboard_File_IsWhatItsProgramPrints()
    {
        var printed = await ForeignProgram.RunAsync("/usr/bin/python3", [Repository.PathOf("deploy", "grafana", "dashboard.py")], "apt-get install python3");

        Assert.Equal(printed, await File.ReadAllTextAsync(Dashboard));
    }

    private void AssertExported(IReadOnlyCollection<string> queries)
    {
        Assert.NotEmpty(queries);
        Assert.All(queries, query =>
        {
            var metrics = Metrics(query).ToList();
            Assert.True(metrics.Count > 0 || query.StartsWith("up{", StringComparison.Ordinal) || query.Contains("(up{", StringComparison.Ordinal), $"No metric in: {query}");
            Assert.All(metrics, metric => Assert.True(exported.Ours.Contains(metric) || exported.Printed.ContainsKey(metric), $"Nothing exports {metric}, asked for by: {query}"));
            // Labels can be told of what was printed; job and instance are Prometheus's own.
            if (metrics.Count > 0 && metrics.All(exported.Printed.ContainsKey))
                Assert.All(Labels(query), label => Assert.True(
                    label is "job" or "instance" || metrics.All(metric => exported.Printed[metric].Contains(label)), $"{label} is no label of what is asked for by: {query}"));
        });
    }

    private static List<string> DashboardQueries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Dashboard));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)];
    }

    private static List<string> AlertQueries()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Repository.PathOf("deploy", "prometheus", "alerts.yml"))));
        return [.. ((YamlSequenceNode)stream.Documents[0].RootNode["groups"][0]["rules"]).Select(rule => ((YamlScalarNode)rule["expr"]).Value!)];
    }

    private static IEnumerable<string> Metrics(string query) => MetricName().Matches(query).Select(name => name.Value);

    private static IEnumerable<string> Labels(string query) =>
        ByLabels().Matches(query).SelectMany(by => by.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries)).Concat(Matcher().Matches(query).Select(matcher => matcher.Groups[1].Value));

    private static string Family(string metric) => HistogramPart().Replace(metric, "");

    [GeneratedRegex(@"\b(?:rearm|http|dotnet|kestrel|aspnetcore)_\w+")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"\bby \(([^)]*)\)")]
    private static partial Regex ByLabels();

    [GeneratedRegex(@"[{,]\s*(\w+)=~?""")]
    private static partial Regex Matcher();

    [GeneratedRegex("_(?:bucket|sum|count)$")]
    private static partial Regex HistogramPart();
}
