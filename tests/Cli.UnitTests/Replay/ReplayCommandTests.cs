using System.CommandLine;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Testing;

namespace Rearm.Streaming.Cli.UnitTests.Replay;

public sealed class ReplayCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DryRun_Csv_ShowsWhatWasUnderstoodAndSendsNothing()
    {
        var csv = _folder.Write("orders.csv", "customer;article;date;price\nann;x;2023-01-05;1,5\n;y;2023-01-06;2\nbob;y;2023-02-06;2\n");

        var (code, output, _) = await RunAsync("--csv", csv, "--user-column", "customer", "--item-column", "article", "--max-bad-rows", "1", "--dry-run", "--to", "http://127.0.0.1:1");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("orders: 2 train interactions of 2 users with 2 items", output);
        Assert.Contains("3 rows, UTF-8, semicolons between fields, with a header", output);
        Assert.Contains("columns used: customer (users), article (items), date (times); not used: price", output);
        Assert.Contains("times: ISO 8601, from 2023-01-05T00:00:00Z to 2023-02-06T00:00:00Z", output);
        Assert.Contains("line 3: customer is empty: there is no user", output);
        Assert.Contains("Nothing was sent", output);
    }

    [Fact]
    public async Task Replay_Csv_SendsNoItemsAndAccountsForEveryRow()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        var csv = _folder.Write("log.csv", "user_id,item_id,kind\nann,1,view\nann,Rome,view\n,2,view\nbob,2,search\n");

        var (code, output, _) = await RunAsync("--csv", csv, "--where", "kind=view", "--item-pattern", "[0-9]+", "--max-bad-rows", "1", "--to", $"{ingestor.Address}");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("4 rows: 1 accepted, 0 rejected, 1 do not have what --where asks for, 1 have something in item_id that is not of --item-pattern, 1 have no user", output);
        Assert.Equal("1", Assert.Single(ingestor.Taken.SelectMany(r => r.Events)).Interaction.ItemId);
    }

    [Fact]
    public async Task Replay_OneBadRow_SendsNothing()
    {
        await using var ingestor = await FakeIngestor.StartAsync();
        var csv = _folder.Write("log.csv", "user_id,item_id\nann,1\nann,\n");

        var (code, _, error) = await RunAsync("--csv", csv, "--to", $"{ingestor.Address}");

        Assert.Equal(ExitCodes.Failure, code);
        Assert.Contains("line 3: item_id is empty", error);
        Assert.Empty(ingestor.Taken);
    }

    [TrivagoFact]
    public async Task Replay_Trivago_AccountsForEveryRow()
    {
        await using var ingestor = await FakeIngestor.StartAsync();

        var (code, output, _) = await RunAsync(
            "--csv", TrivagoFactAttribute.File!, "--item-column", "reference", "--time-column", "timestamp", "--type-column", "action_type", "--item-pattern", "^[0-9]+$", "--to", $"{ingestor.Address}");

        Assert.Equal(ExitCodes.Success, code);
        Assert.Contains("100,003 rows: 87,608 accepted, 0 rejected, 12,395 have something in reference", output);
        Assert.Contains("from 2018-11-07T00:02:19Z to 2018-11-08T23:59:42Z", output);
        Assert.Contains("clickout-item 13,597", output);
        Assert.Equal(87_608, ingestor.Accepted.Count);
        // Its first row: 018ULPKHFF1A,82cafdca18b3c,1541599523,1,interaction item image,5967314
        var first = ingestor.Taken[0].Events[0].Interaction;
        Assert.Equal(("018ULPKHFF1A", "5967314", "interaction-item-image", 1541599523), (first.UserId, first.ItemId, first.Type, first.Time.Seconds));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var configuration = new InvocationConfiguration { Output = new StringWriter(), Error = new StringWriter() };
        var code = await RearmCommandLine.RunAsync(["replay", .. args], configuration);
        return (code, configuration.Output.ToString()!, configuration.Error.ToString()!);
    }
}
