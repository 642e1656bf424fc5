using System.CommandLine;
using System.Globalization;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Cli.DeadLetters;

/// <summary>The flags that say where the dead letters are and which are meant.</summary>
internal sealed class LetterFlags
{
    // A hundred years: longer than there has been Kafka, and no time out of the calendar.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36_525);

    private readonly KafkaFlags _kafka = new();
    private readonly Option<string> _key = new("--key") { Description = "Only letters about this user or item", HelpName = "id" };
    private readonly Option<string> _reason = new("--reason") { Description = "Only letters whose reason has this in it", HelpName = "text" };
    private readonly Option<string> _service = new("--service") { Description = "Only letters of this service, e.g. graph-builder", HelpName = "name" };
    private readonly Option<DateTimeOffset?> _since = new("--since")
    {
        Description = "Only letters written since then: a time such as 2026-01-20T10:00:00Z, or how long ago, such as 02:00:00 or 7.00:00:00",
        HelpName = "time",
        CustomParser = result =>
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var ago) && ago.Duration() < Longest)
                return DateTimeOffset.UtcNow - ago;
            if (text.Contains('-', StringComparison.Ordinal)
                && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                return time;
            result.AddError($"--since is \"{text}\"; a time such as 2026-01-20T10:00:00Z, or how long ago, such as 02:00:00, is needed.");
            return null;
        },
    };

    private readonly Option<string> _topic = new("--topic") { Description = "Only letters of records of this topic", HelpName = "topic" };
    private readonly Option<int?> _partition = Numbers.Optional("--partition", "Only letters in this partition of the dead-letter topic", 0, int.MaxValue);
    private readonly Option<long?> _offset = Numbers.Optional("--offset", "Only the letter at this offset of --partition", 0, long.MaxValue);
    private readonly Option<int> _limit = Numbers.Option("--limit", "The first so many at most", int.MaxValue, 1, int.MaxValue);
    private readonly Option<bool> _handled = new("--handled") { Description = "Also letters that were replayed or dropped before" };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        _kafka.AddTo(command);
        foreach (var option in new Option[] { _key, _reason, _service, _since, _topic, _partition, _offset, _limit, _handled })
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_offset) is not null && result.GetResult(_partition) is null)
                result.AddError("--offset needs --partition: each partition counts for itself.");
        });
    }

    /// <summary>Which letters a command line means.</summary>
    public LetterFilter Filter(ParseResult parsed) => new()
    {
        Key = parsed.GetValue(_key),
        Reason = parsed.GetValue(_reason),
        Service = parsed.GetValue(_service),
        Since = parsed.GetValue(_since),
        Topic = parsed.GetValue(_topic),
        Partition = parsed.GetValue(_partition),
        Offset = parsed.GetValue(_offset),
        Limit = parsed.GetValue(_limit),
        Handled = parsed.GetValue(_handled),
    };

    /// <inheritdoc cref="KafkaFlags.Clients"/>
    public KafkaClients Kafka(ParseResult parsed) => _kafka.Clients(parsed);
}
