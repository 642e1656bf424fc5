using System.CommandLine;
using System.Globalization;

namespace Rearm.Streaming.Cli.CommandLine;

/// <summary>A short form of a configuration setting: <c>--kafka X</c> for <c>--Kafka:BootstrapServers=X</c>.</summary>
internal sealed class SettingOption : Option<string>
{
    private SettingOption(string name, string setting, string description, string valueName) : base(name)
    {
        Setting = setting;
        Description = $"{description} ({setting})";
        HelpName = valueName;
    }

    /// <summary>The configuration key, e.g. "Kafka:BootstrapServers".</summary>
    public string Setting { get; }

    public static SettingOption Kafka() =>
        new("--kafka", "Kafka:BootstrapServers", "Kafka bootstrap servers, separated by commas", "host:port");

    public static SettingOption Redis() =>
        new("--redis", "Redis:Configuration", "Redis, as a StackExchange.Redis configuration string", "host:port,...");

    public static SettingOption GrpcPort() =>
        Port("--grpc-port", "Endpoints:GrpcPort", "Port for gRPC; 0 takes a free one");

    public static SettingOption HttpPort() =>
        Port("--http-port", "Endpoints:HttpPort", "Port for HTTP: health and JSON; 0 takes a free one");

    public static SettingOption Address() =>
        new("--address", "Endpoints:Address", "IP address to listen on; 0.0.0.0 for all", "ip");

    public static SettingOption Among(string name, string setting, string description, params string[] values)
    {
        var option = new SettingOption(name, setting, description, string.Join('|', values));
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    private static SettingOption Port(string name, string setting, string description)
    {
        var option = new SettingOption(name, setting, description, "port");
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535))
                result.AddError($"{name} is \"{token.Value}\"; a port from 0 to 65535 is needed.");
        });
        return option;
    }
}
