using System.Reflection;
using System.Text.RegularExpressions;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.Server;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Trainer;
using YamlDotNet.Serialization;
using Map = System.Collections.Generic.Dictionary<object, object>;

namespace Rearm.Streaming.Cli.UnitTests;

/// <summary>Checks, without a Docker engine, that docker-compose.yml and Dockerfile agree with the options of the programs.</summary>
public partial class ComposeFileTests
{
    private static readonly Type[] Options =
    [
        typeof(EndpointOptions), typeof(KafkaOptions), typeof(RedisOptions),
        typeof(IngestorOptions), typeof(GraphBuilderOptions), typeof(TrainerOptions), typeof(ServerOptions),
    ];

    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(Repository.Root, "Dockerfile"));
    private static readonly Map Compose = new DeserializerBuilder().Build().Deserialize<Map>(File.ReadAllText(Path.Combine(Repository.Root, "docker-compose.yml")));
    private static readonly IReadOnlyDictionary<string, Map> Services = ((Map)Compose["services"]).ToDictionary(s => (string)s.Key, s => (Map)s.Value);

    [Fact]
    public void Compose_Services_AreKafkaRedisAndOurFour() =>
        Assert.Equal(["graph-builder", "ingestor", "kafka", "redis", "server", "trainer"], Services.Keys.Order());

    [Fact]
    public void Environment_Settings_AreOptionsOfThatNameAndType()
    {
        var settings = Services.SelectMany(s => Environment(s.Value)).Where(e => e.Key.Contains("__")).ToList();

        Assert.NotEmpty(settings);
        Assert.All(settings, setting => Bind(setting.Key, setting.Value));
    }

    [Fact]
    public void Dockerfile_Settings_AreOptionsOfThatNameAndType()
    {
        var settings = SettingPattern().Matches(Dockerfile).Select(m => (Name: m.Groups[1].Value, Value: m.Groups[2].Value)).ToList();

        Assert.NotEmpty(settings);
        Assert.All(settings, setting => Bind(setting.Name, setting.Value));
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

        Assert.All(Services.Values.SelectMany(s => List(s, "volumes")), volume => Assert.Contains(volume.Split(':')[0], declared));
    }

    [Fact]
    public void Build_ServiceArguments_AreProjectsWithADockerfileStage()
    {
        var built = Services.Values.Where(s => s.ContainsKey("build")).Select(s => (string)((Map)((Map)s["build"])["args"])["SERVICE"]).ToList();

        Assert.Equal(["GraphBuilder", "Ingestor", "Server", "Trainer"], built.Order());
        Assert.All(built, service =>
        {
            Assert.True(File.Exists(Path.Combine(Repository.Root, "src", service, $"{service}.csproj")));
            Assert.Matches($@"SERVICE=\S*\b{service}\b", Dockerfile);
        });
    }

    private static void Bind(string name, string value)
    {
        var parts = name.Split("__");
        var options = Options.SingleOrDefault(o => (string)o.GetField("Section", BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()! == parts[0]);
        Assert.True(options is not null, $"{name}: no options have the section {parts[0]}.");
        var property = options.GetProperty(parts[1]);
        Assert.True(property is not null, $"{name}: {options.Name} has no {parts[1]}.");
        if (parts.Length > 2)
            return;
        var converter = System.ComponentModel.TypeDescriptor.GetConverter(property.PropertyType);
        Assert.True(converter.IsValid(value), $"{name} is \"{value}\", which is not a valid {property.PropertyType.Name}.");
    }

    private static Dictionary<string, string> Environment(Map service) =>
        service.TryGetValue("environment", out var environment) ? ((Map)environment).ToDictionary(e => (string)e.Key, e => (string)e.Value) : [];

    private static IEnumerable<string> List(Map service, string name) =>
        service.TryGetValue(name, out var list) ? ((List<object>)list).Cast<string>() : [];

    private static IEnumerable<string> DependsOn(Map service) =>
        service.TryGetValue("depends_on", out var services) ? ((Map)services).Keys.Cast<string>() : [];

    [GeneratedRegex(@"\b([A-Z][A-Za-z]+__[A-Za-z]+)=(\S+)")]
    private static partial Regex SettingPattern();
}
