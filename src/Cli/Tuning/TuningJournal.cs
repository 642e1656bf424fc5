using System.Text;
using System.Text.Json;
using Rearm.Streaming.Cli.CommandLine;

namespace Rearm.Streaming.Cli.Tuning;

/// <summary>
/// What has been tried, one JSON object a line: first which search it is, then results. Lines are only added, so a killed search goes on where it was;
/// a last line that was not written to its end is dropped.
/// </summary>
internal sealed class TuningJournal : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly FileStream _file;
    private readonly Dictionary<(int Trial, int Rung), TrialResult> _results = [];

    private TuningJournal(FileStream file) => _file = file;

    /// <summary>All results, in the order in which they came.</summary>
    public IReadOnlyCollection<TrialResult> Results => _results.Values;

    /// <summary>Opens a search's journal, or begins it.</summary>
    /// <exception cref="CliException">It is another search's, or damaged.</exception>
    public static TuningJournal Open(string path, SearchIdentity search)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new CliException(
                $"The journal {path} can't be opened; is another search using it? Wait for it, or give another folder with --out. "
                + $"({e.Message})", e);
        }
        var journal = new TuningJournal(file);
        try
        {
            journal.Read(path, search);
            return journal;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What came of a trial in a round; null: nothing yet.</summary>
    public TrialResult? Find(int trial, int rung) => _results.GetValueOrDefault((trial, rung));

    /// <summary>Adds a result; it is on the disk when this returns.</summary>
    public void Append(TrialResult result)
    {
        _results[(result.Trial, result.Rung)] = result;
        WriteLine(result);
    }

    public void Dispose() => _file.Dispose();

    private void Read(string path, SearchIdentity search)
    {
        var text = new byte[_file.Length];
        _file.ReadExactly(text);
        var (start, number) = (0, 0);
        while (text.AsSpan(start).IndexOf((byte)'\n') is var length and >= 0)
        {
            number++;
            var line = Encoding.UTF8.GetString(text, start, length);
            if (number == 1)
                Check(path, search, Parse<SearchIdentity>(path, number, line));
            else if (Parse<TrialResult>(path, number, line) is var result)
                _results[(result.Trial, result.Rung)] = result;
            start += length + 1;
        }
        // What follows the last end of a line was being written when the process ended.
        _file.SetLength(start);
        _file.Position = start;
        if (number == 0)
            WriteLine(search);
    }

    private static void Check(string path, SearchIdentity search, SearchIdentity found)
    {
        if (search.DifferenceTo(found) is { } difference)
            throw new CliException($"The journal {path} is of another search: {difference}. Give another folder with --out, or remove it.");
    }

    private static T Parse<T>(string path, int number, string line)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, Json) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new CliException(
                $"Line {number} of the journal {path} is damaged: {e.Message} Remove the line, or the file, or give another folder with --out.", e);
        }
    }

    private void WriteLine<T>(T value)
    {
        _file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(value, Json) + '\n'));
        _file.Flush(flushToDisk: true);
    }
}
