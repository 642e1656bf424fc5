using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Rearm.Streaming.Cli.CommandLine;

namespace Rearm.Streaming.Cli.UnitTests.CommandLine;

public class CommandLineTests
{
    private static readonly string[] Names = ["demo", "ingest", "build-graphs", "train", "serve", "broker", "redis", "replay", "evaluate", "tune", "bench", "recommend", "models", "erase", "dlq", "key", "config", "doctor"];

    public static TheoryData<string> Commands => [.. Names];

    [Fact]
    public void Create_Always_HasEveryCommand() =>
        Assert.Equal(Names, RearmCommandLine.Create().Subcommands.Select(c => c.Name));

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_AnyCommand_EndsWithExamplesThatParse(string name)
    {
        var (code, output, _) = await RunAsync(name, "--help");

        Assert.Equal(0, code);
        var lines = output[output.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n').Select(l => l.Trim());
        var examples = lines.Where(l => l.Contains($"rearm {name}", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(examples);
        foreach (var example in examples)
        {
            // Anything before "rearm" sets environment variables.
            var arguments = example[(example.IndexOf("rearm ", StringComparison.Ordinal) + "rearm ".Length)..];
            Assert.Empty(RearmCommandLine.Create().Parse(arguments).Errors);
        }
    }

    public static TheoryData<string> OptionsWithValues =>
        [.. Tree("", RearmCommandLine.Create()).SelectMany(command => command.Options.Where(o => o.Arity.MinimumNumberOfValues > 0).Select(o => $"{command.Path}{o.Name}"))];

    [Theory]
    [MemberData(nameof(OptionsWithValues))]
    public async Task Run_OptionWithoutItsValue_IsAUsageError(string line)
    {
        var (code, _, error) = await RunAsync(line.Split(' '));

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Matches("Required argument missing for option: '--|is needed|needs --", error);
    }

    [Theory]
    [MemberData(nameof(OptionsWithValues))]
    public void Parse_OptionEmptyOrTwice_IsNoExceptionOfTheParser(string line)
    {
        var words = line.Split(' ');

        // As a variable gives it that nobody has set.
        RearmCommandLine.Parse([.. words, ""]);
        RearmCommandLine.Parse([.. words, "1", words[^1], "2"]);
    }

    [Fact]
    public async Task Help_OfTheRoot_ListsTheExitCodes()
    {
        var (code, output, _) = await RunAsync("--help");

        Assert.Equal(0, code);
        Assert.Contains("Exit codes:", output);
        Assert.Contains("rearm [command]", output);
    }

    [Fact]
    public async Task Run_NoCommand_ShowsHelpAndIsAUsageError()
    {
        var (code, output, _) = await RunAsync();

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("demo", output);
    }

    [Theory]
    [InlineData("--bogus", "serve", "--bogus")]
    [InlineData("--bogus", "demo", "--bogus")]
    [InlineData("stray", "doctor", "stray")]
    [InlineData("tran", "tran")]
    [InlineData("gpu", "train", "--device", "gpu")]
    [InlineData("--grpc-port is \"70000\"; a port from 0 to 65535 is needed.", "serve", "--grpc-port", "70000")]
    [InlineData("--epochs is \"0\"; a number from 1 to 100000 is needed.", "demo", "--epochs", "0")]
    [InlineData("--learning-rate is \"fast\"", "demo", "--learning-rate", "fast")]
    [InlineData("--json is \"no-such-folder/x.json\"; its folder does not exist.", "demo", "--json", "no-such-folder/x.json")]
    [InlineData("--json is \"\"; the name of a file is needed.", "demo", "--json", "")]
    [InlineData("--k is \"1001\"; a number from 1 to 1000 is needed.", "recommend", "ada", "--k", "1001")]
    [InlineData("--server is \"localhost\"; an address such as http://127.0.0.1:7031 is needed.", "recommend", "ada", "--server", "localhost")]
    [InlineData("--partitions is \"0\"", "broker", "--partitions", "0")]
    [InlineData("A user is needed, or --all with a file; not both.", "recommend")]
    [InlineData("A user is needed, or --all with a file; not both.", "recommend", "ada", "--all", "x.ndjson")]
    [InlineData("--explain goes with one user", "recommend", "--all", "x.ndjson", "--explain")]
    [InlineData("--all is \"no-such-folder/x.ndjson\"; its folder does not exist.", "recommend", "--all", "no-such-folder/x.ndjson")]
    [InlineData("Either --dataset or --csv is needed.", "replay")]
    [InlineData("Either --dataset or --csv is needed.", "replay", "--dataset", "a", "--csv", "b")]
    [InlineData("--where is \"abc\"; column=value is needed.", "replay", "--csv", "a", "--where", "abc")]
    [InlineData("--delimiter is \"ab\"; one character", "replay", "--csv", "a", "--delimiter", "ab")]
    [InlineData("--no-times does without --time-column", "replay", "--csv", "a", "--no-times", "--time-column", "b")]
    [InlineData("The name is \"my shop\"; 1 to 64 of a-z", "key", "new", "my shop")]
    [InlineData("--offset needs --partition", "dlq", "show", "--offset", "5")]
    [InlineData("--since is \"soon\"", "dlq", "list", "--since", "soon")]
    [InlineData("--since is \"1000000.00:00:00\"", "dlq", "list", "--since", "1000000.00:00:00")]
    [InlineData("--minutes is \"100000\"", "tune", "--shop", "--minutes", "100000")]
    [InlineData("Try: rearm dlq list --help", "dlq", "list", "--limit", "0")]
    [InlineData("tset", "replay", "--dataset", "a", "--split", "tset")]
    [InlineData("There is no model \"magic\"; choose one of rearm, ", "evaluate", "--dataset", "a", "--model", "magic")]
    [InlineData("The model ials has no preset \"baby\"", "evaluate", "--dataset", "a", "--model", "ials", "--preset", "baby")]
    [InlineData("The model ials has no hyper-parameter \"rank\"; it has factors", "evaluate", "--dataset", "a", "--model", "ials", "--set", "rank=3")]
    [InlineData("factors is 0; a number from 1 to 1024", "evaluate", "--dataset", "a", "--model", "ials", "--set", "alpha=2", "--set", "factors=0")]
    [InlineData("--set is \"factors\"; NAME=VALUE is needed", "evaluate", "--dataset", "a", "--model", "ials", "--set", "factors")]
    [InlineData("--all takes neither --model nor --set", "evaluate", "--dataset", "a", "--all", "--model", "ials")]
    public async Task Run_InvalidArguments_IsAUsageErrorThatNamesThem(string message, params string[] args)
    {
        var (code, _, error) = await RunAsync(args);

        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains(message, error);
    }

    [Fact]
    public async Task Recommend_NoServer_FailsAndNamesTheAddress()
    {
        var (code, _, error) = await RunAsync("recommend", "ada", "--server", "http://127.0.0.1:1");

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("http://127.0.0.1:1/ did not answer (Unavailable)", error);
    }

    [Fact]
    public async Task KeyNew_Twice_MakesTwoKeysWithTheHashesOfTheirOwn()
    {
        var keys = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var (code, output, _) = await RunAsync("key", "new", "shop", "--operator", "--events-per-second", "50", "--calls-per-second", "20");
            var lines = output.Split('\n').Select(l => l.Trim()).ToList();
            Assert.Equal(ExitCodes.Success, code);
            keys.Add(lines.Single(l => l.StartsWith("rearm_", StringComparison.Ordinal)));
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(keys[i])));
            Assert.Contains($"Access__Keys__shop__Hash={hash}", lines);
            Assert.Contains("{\"Access\": {\"Keys\": {\"shop\": {\"Hash\": \"" + hash + "\", \"Operator\": true, \"EventsPerSecond\": 50, \"CallsPerSecond\": 20}}}}", lines);
        }
        Assert.NotEqual(keys[0], keys[1]);
    }

    [Fact]
    public async Task Replay_MissingFolder_FailsAndNamesIt()
    {
        var (code, _, error) = await RunAsync("replay", "--dataset", "no-such-folder");

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("no-such-folder does not exist", error);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };
        var code = await RearmCommandLine.RunAsync(args, configuration);
        return (code, configuration.Output.ToString()!, configuration.Error.ToString()!);
    }

    private static IEnumerable<(string Path, IEnumerable<Option> Options)> Tree(string path, Command command) =>
        [(path, command.Options), .. command.Subcommands.SelectMany(c => Tree($"{path}{c.Name} ", c))];
}
