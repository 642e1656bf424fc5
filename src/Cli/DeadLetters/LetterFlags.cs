using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Cli.DeadLetters;

/// <summary>The flags that say where the dead letters are and which are meant.</summary>
internal sealed class LetterFlags
{
    private readonly Option<string> _kafka = new("--kafka")
    {
        Description = "Kafka bootstrap servers; default: as for the services (appsettings.json, Kafka__BootstrapServers, ...)",
        HelpName = "host:port",
    };

    private readonly Option<string> _prefix = new("--topic-prefix")
    {
        Description = "What the topics' names begin with; default: as for the services",
        HelpName = "prefix",
    };

    private readonly Option<string> _reason = new("--reason") { Description = "Only letters whose reason has this in it", HelpName = "text" };
    private readonly Option<string> _service = new("--service") { Description = "Only letters of this service, e.g. graph-builder", HelpName = "name" };
    private readonly Option<DateTimeOffset?> _since = new("--since")
    {
        Description = "Only letters written since then: a time such as 2026-01-20T10:00:00Z, or how long ago, such as 02:00:00 or 7.00:00:00",
        HelpName = "time",
        CustomParser = result =>
        {
            var text = result.Tokens is [var token] ? token.Value : "";
            if (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var ago))
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
        foreach (var option in new Option[] { _kafka, _prefix, _reason, _service, _since, _topic, _partition, _offset, _limit, _handled })
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
        Reason = parsed.GetValue(_reason),
        Service = parsed.GetValue(_service),
        Since = parsed.GetValue(_since),
        Topic = parsed.GetValue(_topic),
        Partition = parsed.GetValue(_partition),
        Offset = parsed.GetValue(_offset),
        Limit = parsed.GetValue(_limit),
        Handled = parsed.GetValue(_handled),
    };

    /// <summary>Kafka, as the services' configuration and the command line say.</summary>
    /// <exception cref="CliException">The configuration can't be used.</exception>
    public KafkaClients Kafka(ParseResult parsed)
    {
        var options = new KafkaOptions();
        try
        {
            new ConfigurationBuilder()
                .SetBasePath(Directory.GetCurrentDirectory())
                .AddJsonFile("appsettings.json", optional: true)
                .AddEnvironmentVariables()
                .Build()
                .GetSection(KafkaOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
            options.BootstrapServers = parsed.GetValue(_kafka) ?? options.BootstrapServers;
            options.TopicPrefix = parsed.GetValue(_prefix) ?? options.TopicPrefix;
            Validator.ValidateObject(options, new(options), validateAllProperties: true);
        }
        catch (Exception e) when (e is InvalidOperationException or ValidationException or FormatException or InvalidDataException)
        {
            throw new CliException(e.InnerException?.Message ?? e.Message, e);
        }
        return new(Options.Create(options), NullLogger<KafkaClients>.Instance);
    }
}
