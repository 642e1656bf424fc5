using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rearm.Streaming.ServiceDefaults.Kafka;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>The flags of commands that look into Kafka themselves.</summary>
internal sealed class KafkaFlags
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

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_kafka);
        command.Add(_prefix);
    }

    /// <summary>Kafka, as the services' configuration and the command line say.</summary>
    /// <exception cref="CliException">The configuration can't be used.</exception>
    public KafkaClients Clients(ParseResult parsed)
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
