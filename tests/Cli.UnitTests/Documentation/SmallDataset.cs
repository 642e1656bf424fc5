using System.IO.Compression;
using System.Text;
using Rearm.Streaming.Testing;
using Rearm.Streaming.Testing.Golden;

namespace Rearm.Streaming.Cli.UnitTests.Documentation;

/// <summary>A data set on which documented commands end soon, in the forms that they ask for.</summary>
internal sealed class SmallDataset : IDisposable
{
    private const int Items = 30;

    private readonly TemporaryFolder _folder = new();

    public SmallDataset()
    {
        // 24 users, each with 7 items of their third and the last of it, which nobody has touched before; vectors say which third it is.
        var inter = new StringBuilder("userID\titemID\ttimestamp\tx_label\n");
        var csv = new StringBuilder("user,item,timestamp\n");
        var random = new Random(1);
        for (var user = 0; user < 24; user++)
        {
            var items = Enumerable.Range(0, 9).Select(i => 3 * i + user % 3).ToArray();
            random.Shuffle(items);
            items[7] = Items - 3 + user % 3;
            for (var n = 0; n < 8; n++)
            {
                inter.Append($"{user}\t{items[n]}\t{1_700_000_000 + n}\t{Math.Max(0, n - 5)}\n");
                csv.Append($"{user},{items[n]},{1_700_000_000 + n}\n");
            }
        }
        _folder.Write("tiny.inter", inter.ToString());
        Directory.CreateDirectory(_folder.File("log"));
        _folder.Write("log/events.csv", csv.ToString());
        foreach (var name in (string[])["image", "audio"])
        {
            float[] values = [.. Enumerable.Range(0, Items * 4).Select(i => (i % 4 == i / 4 % 3 ? 1 : 0) + 0.1f * random.NextSingle())];
            Npy.Write(_folder.File($"{name}_feat.npy"), "<f4", $"({Items}, 4)", values);
            Npy.Write(_folder.File($"log/{name}_feat.npy"), "<f4", $"({Items}, 4)", values);
        }
        _folder.Write("clicks.csv", "user_id,item_id,timestamp\nada,tent,1700000000\n");
        _folder.Write("feedback.csv", "feedback_type,user_id,item_id,time_stamp\nread,ada,tent,2026-01-20 10:00:00\n");
        using var clicks = new StreamWriter(new GZipStream(File.Create(_folder.File("events.csv.gz")), CompressionLevel.Fastest));
        clicks.Write("user_id,timestamp,action_type,reference\nada,1541545000,clickout_item,17\nada,1541545001,search,Rome\n");
        _folder.Write("preset.json", """{"model": "rearm", "parameters": {}}""");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Whether a command works on a data set alone.</summary>
    public static bool Suits(string[] arguments) => !arguments.Contains("--help") && arguments switch
    {
        ["evaluate" or "tune" or "config" or "key", ..] => true,
        ["bench", "next-item" or "transfer" or "retrain" or "live", ..] => true,
        ["replay", ..] => arguments.Contains("--dry-run"),
        _ => false,
    };

    /// <summary>The same command on this data, with as little training as there can be, and its files in the folder of the data.</summary>
    public string[] Shortened(string[] arguments)
    {
        var shortened = new List<string>(arguments);
        // With columns it is a log, in a folder with features or by itself.
        Replace("--dataset", given => given.EndsWith(".csv", StringComparison.Ordinal) ? _folder.File("log/events.csv")
            : arguments.Contains("--user-column") ? _folder.File("log") : _folder.Path);
        // The first hour's own file has other columns; FirstHourTests runs that page.
        Replace("--csv", name => _folder.File(name == "events.csv" ? "clicks.csv" : name));
        Replace("--preset-file", _ => _folder.File("preset.json"));
        foreach (var option in (string[])["--json", "--plot", "--curve"])
            Replace(option, _folder.File);
        Replace("--epochs", _ => "1");
        Replace("--seeds", _ => "1");
        Replace("--trials", _ => "2");
        if (arguments is ["evaluate" or "tune", ..] or ["bench", "next-item" or "transfer", ..] && shortened.IndexOf("--epochs") < 0)
            shortened.AddRange(["--epochs", "1"]);
        if (arguments is ["bench", "retrain", ..])
            shortened.AddRange(["--set", "max_epochs=1"]);
        if (arguments is ["tune", ..])
            shortened.AddRange(["--out", _folder.File("tuning")]);
        return [.. shortened];

        void Replace(string option, Func<string, string> value)
        {
            if (shortened.IndexOf(option) is >= 0 and var at)
                shortened[at + 1] = value(shortened[at + 1]);
        }
    }
}
