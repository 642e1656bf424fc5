using System.Text.RegularExpressions;
using Rearm.Streaming.Testing;
using YamlDotNet.Serialization;
using Map = System.Collections.Generic.Dictionary<object, object>;

namespace Rearm.Streaming.Cli.UnitTests;

/// <summary>Checks, without a Docker engine, that docker-compose.yml and Dockerfile agree with the options of the programs.</summary>
public partial class ComposeFileTests
{
    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));
    private static readonly Map Compose = new DeserializerBuilder().Build().Deserialize<Map>(File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml")));
    private static readonly IReadOnlyDictionary<string, Map> Services = ((Map)Compose["services"]).ToDictionary(s => (string)s.Key, s => (Map)s.Value);

    [Fact]
    public void Compose_Services_AreKafkaRedisAndOurFour() =>
        Assert.Equal(["graph-builder", "ingestor", "kafka", "redis", "server", "trainer"], Services.Where(s => !s.Value.ContainsKey("profiles")).Select(s => s.Key).Order());

    [Fact]
    public void Compose_Profiles_AreAGpuAndMonitoring() => Assert.Equal(
        ["gpu: trainer-gpu", "monitoring: grafana", "monitoring: prometheus"],
        Services.SelectMany(s => List(s.Value, "profiles").Select(profile => $"{profile}: {s.Key}")).Order());

    [Fact]
    public void TrainerGpu_Settings_AreTheTrainersButForTheDevice()
    {
        var differ = Environment(Services["trainer-gpu"]).Except(Environment(Services["trainer"])).Select(e => $"{e.Key}={e.Value}");

        Assert.Equal(["NVIDIA_DRIVER_CAPABILITIES=compute,utility", "Trainer__Device=cuda"], differ.Order());
        Assert.Equal("TorchSharp-cuda-linux", ((Map)((Map)Services["trainer-gpu"]["build"])["args"])["TORCH_PACKAGE"]);
    }

    [Fact]
    public void TrainerGpu_InPlaceOfTheTrainer_IsFoundUnderItsName()
    {
        Assert.Equal(["trainer"], Aliases(Services["trainer-gpu"]));
        Assert.Equal("http://trainer:7022", Environment(Services["server"])["Server__Console__Trainer"]);
        Assert.Equal("7022", Environment(Services["trainer-gpu"])["Endpoints__HttpPort"]);
    }

    [Fact]
    public void Prometheus_Jobs_AskTheServicesOnTheirHttpPorts()
    {
        var prometheus = new DeserializerBuilder().Build().Deserialize<Map>(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "prometheus", "prometheus.yml")));
        var asked = ((List<object>)prometheus["scrape_configs"]).Cast<Map>().SelectMany(job => ((List<object>)job["dns_sd_configs"]).Cast<Map>())
            .SelectMany(source => ((List<object>)source["names"]).Select(name => $"{name}:{source["port"]}"));

        var ours = Services.Where(s => s.Value.ContainsKey("build"));
        Assert.Equal(ours.Select(s => $"{Aliases(s.Value).FirstOrDefault(s.Key)}:{Environment(s.Value)["Endpoints__HttpPort"]}").Distinct().Order(), asked.Order());
    }

    [Fact]
    public void Environment_Settings_AreOptionsOfThatNameAndType()
    {
        var settings = Services.SelectMany(s => Environment(s.Value)).Where(e => e.Key.Contains("__")).ToList();

        Assert.NotEmpty(settings);
        Assert.All(settings, setting => ServiceSettings.AssertIsOption(setting.Key, setting.Value));
    }

    [Fact]
    public void Dockerfile_Settings_AreOptionsOfThatNameAndType()
    {
        var settings = SettingPattern().Matches(Dockerfile).Select(m => (Name: m.Groups[1].Value, Value: m.Groups[2].Value)).ToList();

        Assert.NotEmpty(settings);
        Assert.All(settings, setting => ServiceSettings.AssertIsOption(setting.Name, setting.Value));
    }

    [Fact]
    public void Ports_Published_AreThoseTheServiceListensOn()
    {
        foreach (var (name, service) in Services.Where(s => s.Value.ContainsKey("build")))
        {
            var listens = new[] { "Endpoints__GrpcPort", "Endpoints__HttpPort" }.Select(e => Environment(service)[e]).ToHashSet();
            foreach (var port in List(service, "ports"))
                Assert.True(listens.Contains(port.Split(':')[^1]), $"{name} publishes {port} and listens on {string.Join(" and ", listens)}.");
        }
    }

    [Fact]
    public void Ports_OnTheHost_AreDistinct() =>
        Assert.Distinct(Services.Values.SelectMany(s => List(s, "ports")).Select(p => p[..p.LastIndexOf(':')]));

    [Fact]
    public void Addresses_InSettings_AreServicesThatTheServiceWaitsFor()
    {
        foreach (var (name, service) in Services)
            foreach (var (setting, value) in Environment(service).Where(e => e.Key is "Kafka__BootstrapServers" or "Redis__Configuration"))
            {
                var host = value.Split(':')[0];
                Assert.True(Services.ContainsKey(host), $"{name}: {setting} is {value}, and there is no service {host}.");
                Assert.True(DependsOn(service).Contains(host), $"{name} does not wait for {host}.");
            }
    }

    [Fact]
    public void DependsOn_Services_AreDeclaredAndHaveAHealthCheck() =>
        Assert.All(Services.Values.SelectMany(DependsOn), name => Assert.True(Services[name].ContainsKey("healthcheck")));

    [Fact]
    public void Volumes_Used_AreDeclared()
    {
        var declared = ((Map)Compose["volumes"]).Keys.Cast<string>().ToHashSet();

        Assert.All(Services.Values.SelectMany(s => List(s, "volumes")).Select(volume => volume.Split(':')[0]), source => Assert.True(
            source.StartsWith("./", StringComparison.Ordinal) ? Directory.Exists(Path.Combine(Repository.Root, source)) : declared.Contains(source), $"There is no volume or folder {source}."));
    }

    [Fact]
    public void Build_ServiceArguments_AreProjectsWithADockerfileStage()
    {
        var built = Services.Values.Where(s => s.ContainsKey("build")).Select(s => (string)((Map)((Map)s["build"])["args"])["SERVICE"]).Distinct().ToList();

        Assert.Equal(["GraphBuilder", "Ingestor", "Server", "Trainer"], built.Order());
        Assert.All(built, service =>
        {
            Assert.True(File.Exists(Path.Combine(Repository.Root, "src", service, $"{service}.csproj")));
            Assert.Matches($@"SERVICE=\S*\b{service}\b", Dockerfile);
        });
    }

    private static Dictionary<string, string> Environment(Map service) =>
        service.TryGetValue("environment", out var environment) ? ((Map)environment).ToDictionary(e => (string)e.Key, e => (string)e.Value) : [];

    private static IEnumerable<string> Aliases(Map service) =>
        service.TryGetValue("networks", out var networks) ? List((Map)((Map)networks)["default"], "aliases") : [];

    private static IEnumerable<string> List(Map service, string name) =>
        service.TryGetValue(name, out var list) ? ((List<object>)list).Cast<string>() : [];

    private static IEnumerable<string> DependsOn(Map service) =>
        service.TryGetValue("depends_on", out var services) ? ((Map)services).Keys.Cast<string>() : [];

    [GeneratedRegex(@"\b([A-Z][A-Za-z]+__[A-Za-z]+)=(\S+)")]
    private static partial Regex SettingPattern();
}
