using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Cli.Configuration;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.Server;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Trainer;

namespace Rearm.Streaming.Cli.UnitTests.Configuration;

/// <summary>What is written about the options is what the options are.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Services => [.. ServiceConfiguration.All.Select(service => service.Name)];

    [Fact]
    public void Reference_InDocs_IsWhatTheCommandPrints() =>
        Assert.True(
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration.md")) == ConfigurationReference.Write(),
            "An option has changed. Write its reference anew: ./rearm config > docs/configuration.md");

    [Theory]
    [MemberData(nameof(Services))]
    public void AppSettings_BesideTheService_IsWhatTheCommandPrints(string name)
    {
        var file = Path.Combine("src", Service(name).Project, "appsettings.json");

        Assert.True(
            File.ReadAllText(Path.Combine(Repository.Root, file)) == AppSettingsTemplate.Write(Service(name)),
            $"An option has changed. Write the file anew: ./rearm config {name} > {file}");
    }

    [Fact]
    public void Services_OptionsClasses_AreAllDescribed()
    {
        Type[] rooms = [typeof(IngestorHost), typeof(GraphBuilderHost), typeof(TrainerHost), typeof(ServerHost), typeof(ServiceHost), typeof(RedisOptions)];
        var sections = rooms.SelectMany(room => room.Assembly.GetTypes())
            .Select(type => type.GetField("Section"))
            .Where(field => field is { IsLiteral: true })
            .Select(field => (string)field!.GetRawConstantValue()!);

        Assert.Equal(sections.Order(), ServiceConfiguration.All.SelectMany(service => service.Sections).Select(section => section.Name).Distinct().Order());
    }

    [Fact]
    public void Services_EverySectionAndOption_SaysWhatItIs() =>
        Assert.All(ServiceConfiguration.All.SelectMany(service => service.Sections), section =>
        {
            Assert.NotEqual("", section.Summary);
            Assert.All(section.Options, option => Assert.True(option.Summary.Length > 0, $"{section.Name}:{option.Name} has no summary."));
        });

    [Theory]
    [MemberData(nameof(Services))]
    public void AppSettings_AsShipped_SetsNothing(string name)
    {
        var settings = new ConfigurationBuilder().AddJsonFile(Path.Combine(Repository.Root, "src", Service(name).Project, "appsettings.json")).Build();

        Assert.DoesNotContain(settings.AsEnumerable(), setting => !string.IsNullOrEmpty(setting.Value));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task AppSettings_AsShipped_ServiceHasItsDefaults(string name) =>
        await AssertDefaultsAsync(name, AppSettingsTemplate.Write(Service(name)));

    [Theory]
    [MemberData(nameof(Services))]
    public async Task AppSettings_NothingCommentedOut_ServiceHasItsDefaults(string name) =>
        await AssertDefaultsAsync(name, Uncommented(name));

    [Fact]
    public async Task AppSettings_OptionChanged_ServiceHasIt()
    {
        await using var app = Build("server", Uncommented("server").Replace("\"GrpcPort\": 7031", "\"GrpcPort\": 7777", StringComparison.Ordinal));

        Assert.Equal(7777, app.Services.GetRequiredService<IOptions<EndpointOptions>>().Value.GrpcPort);
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertDefaultsAsync(string name, string appSettings)
    {
        await using var app = Build(name, appSettings);

        AssertSame(Service(name).Endpoints, Read<EndpointOptions>(app));
        AssertSame(new AccessOptions(), Read<AccessOptions>(app));
        switch (name)
        {
            case "ingestor":
                AssertSame(new KafkaOptions(), Read<KafkaOptions>(app));
                AssertSame(new IngestorOptions(), Read<IngestorOptions>(app));
                break;
            case "graph-builder":
                AssertSame(new KafkaOptions(), Read<KafkaOptions>(app));
                AssertSame(new RedisOptions(), Read<RedisOptions>(app));
                AssertSame(new GraphBuilderOptions(), Read<GraphBuilderOptions>(app));
                break;
            case "trainer":
                AssertSame(new RedisOptions(), Read<RedisOptions>(app));
                AssertSame(new TrainerOptions(), Read<TrainerOptions>(app));
                break;
            case "server":
                AssertSame(new RedisOptions(), Read<RedisOptions>(app));
                AssertSame(new ServerOptions(), Read<ServerOptions>(app));
                break;
            default:
                Assert.Fail($"No options are known for {name}.");
                break;
        }
    }

    private WebApplication Build(string name, string appSettings)
    {
        _folder.Write("appsettings.json", appSettings);
        Func<string[], WebApplication> build = name switch
        {
            "ingestor" => IngestorHost.Build,
            "graph-builder" => GraphBuilderHost.Build,
            "trainer" => TrainerHost.Build,
            _ => ServerHost.Build,
        };
        return build([$"--contentRoot={_folder.Path}"]);
    }

    private static string Uncommented(string name) => AppSettingsTemplate.Write(Service(name)).Replace("//\"", "\"", StringComparison.Ordinal);

    private static ServiceConfiguration Service(string name) => ServiceConfiguration.All.Single(service => service.Name == name);

    private static T Read<T>(WebApplication app) where T : class => app.Services.GetRequiredService<IOptions<T>>().Value;

    private static void AssertSame<T>(T expected, T actual) => Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));
}
