using System.Reflection;

namespace Rearm.Streaming.Cli.Configuration;

/// <summary>A section of the configuration, as its options class describes it.</summary>
/// <param name="Name">The section's name, e.g. "Kafka".</param>
/// <param name="Summary">What it is about, in one sentence.</param>
/// <param name="Options">Its options, in the order of the class.</param>
internal sealed record ConfigurationSection(string Name, string Summary, IReadOnlyList<ConfigurationOption> Options)
{
    /// <summary>The section that an options class is bound to.</summary>
    /// <param name="defaults">An instance whose values are the defaults. Its class names the section in a constant <c>Section</c>.</param>
    public static ConfigurationSection Of(object defaults)
    {
        var type = defaults.GetType();
        var documentation = XmlDocumentation.Of(type.Assembly);
        var name = (string)type.GetField("Section")!.GetRawConstantValue()!;
        return new(
            name,
            documentation.Summary(type).Replace($" (configuration section \"{name}\")", "", StringComparison.Ordinal),
            [
                .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                    .Where(property => property.SetMethod is { IsPublic: true })
                    .OrderBy(property => property.MetadataToken)
                    .Select(property => ConfigurationOption.Of(property, defaults, documentation)),
            ]);
    }
}
