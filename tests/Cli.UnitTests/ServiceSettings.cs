using System.ComponentModel;
using System.Reflection;
using Rearm.Streaming.GraphBuilder;
using Rearm.Streaming.Ingestor;
using Rearm.Streaming.Server;
using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Storage.Redis;
using Rearm.Streaming.Trainer;

namespace Rearm.Streaming.Cli.UnitTests;

/// <summary>Settings by their names in the environment, as files for deployment have them.</summary>
internal static class ServiceSettings
{
    private static readonly Type[] Options =
    [
        typeof(EndpointOptions), typeof(AccessOptions), typeof(KafkaOptions), typeof(RedisOptions),
        typeof(IngestorOptions), typeof(GraphBuilderOptions), typeof(TrainerOptions), typeof(ServerOptions),
    ];

    /// <summary>Asserts that a setting such as Trainer__Interval is an option, and that it can have a value; null: whatever it is.</summary>
    public static void AssertIsOption(string name, string? value)
    {
        var parts = name.Split("__");
        var options = Options.SingleOrDefault(o => (string)o.GetField("Section", BindingFlags.Public | BindingFlags.Static)!.GetRawConstantValue()! == parts[0]);
        Assert.True(options is not null, $"{name}: no options have the section {parts[0]}.");
        var property = options.GetProperty(parts[1]);
        Assert.True(property is not null, $"{name}: {options.Name} has no {parts[1]}.");
        if (parts.Length > 2 || value is null)
            return;
        var converter = TypeDescriptor.GetConverter(property.PropertyType);
        Assert.True(converter.IsValid(value), $"{name} is \"{value}\", which is not a valid {property.PropertyType.Name}.");
    }
}
