using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Rearm.Streaming.Cli.CommandLine;

namespace Rearm.Streaming.Cli.Configuration;

/// <summary>The summaries in the documentation file that the compiler writes beside an assembly.</summary>
internal sealed partial class XmlDocumentation
{
    private static readonly ConcurrentDictionary<Assembly, XmlDocumentation> Read = [];

    private readonly Dictionary<string, XElement> _members;

    private XmlDocumentation(Assembly assembly)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        if (!File.Exists(file))
            throw new CliException($"{file} is missing: the descriptions of the options are in it. Build again with GenerateDocumentationFile=true.");
        _members = XDocument.Load(file).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
    }

    /// <exception cref="CliException">The assembly has no documentation file beside it.</exception>
    public static XmlDocumentation Of(Assembly assembly) => Read.GetOrAdd(assembly, static a => new(a));

    /// <summary>A class's summary in one line of plain text; empty if it has none.</summary>
    public string Summary(Type type) => Summary($"T:{type.FullName}");

    /// <summary>A property's summary in one line of plain text; empty if it has none.</summary>
    public string Summary(PropertyInfo property) => Summary($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private string Summary(string member) =>
        _members.GetValueOrDefault(member)?.Element("summary") is { } summary ? Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim() : "";

    // <see cref="P:Namespace.Type.Name"/> is read as Name, <see langword="null"/> as null, other elements as what they hold.
    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when element.Attribute("cref") is { } reference => reference.Value.Split('(')[0].Split('.')[^1],
        XElement element when element.Attribute("langword") is { } word => word.Value,
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
