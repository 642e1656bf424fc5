using System.Text;

namespace Rearm.Streaming.Cli.Configuration;

/// <summary>The reference of all options, as Markdown: docs/configuration.md.</summary>
internal static class ConfigurationReference
{
    private const string Introduction = """
        # Configuration

        <!-- Written by `./rearm config > docs/configuration.md` from the options classes; a test compares. -->

        Every option has one name. In `appsettings.json`, read from the folder a service is started in, it is a section and a name; in the
        environment `Section__Name`; on the command line `--Section:Name=value`. The command line wins over the environment, and the environment
        over the file. `rearm config ingestor`, `graph-builder`, `trainer` or `server` prints an `appsettings.json` with every option of that service
        and its default, commented out; the same files are beside the services' sources.

        Durations are `hh:mm:ss` or `d.hh:mm:ss`. A name that a section does not have, or a value that is not allowed, is a refusal to start (exit
        code 2) that says which and why. Sections of other services are ignored.

        `Logging:LogLevel:*` is .NET's, and `OTEL_*` environment variables are OpenTelemetry's: see [operations](operations.md).

        """;

    public static string Write()
    {
        var markdown = new StringBuilder(Introduction);
        foreach (var users in ServiceConfiguration.All.SelectMany(service => service.Sections, (service, section) => (service, section)).GroupBy(user => user.section.Name))
        {
            var section = users.First().section;
            markdown.Append($"\n## {section.Name}\n\n{section.Summary}");
            if (users.Count() > 1)
                markdown.Append($" Read by {string.Join(", ", users.Select(user => user.service.Project))}.");
            markdown.Append("\n\n| option | default | allowed | meaning |\n|---|---|---|---|\n");
            foreach (var (index, option) in section.Options.Index())
            {
                var defaults = users.Select(user => (user.service.Project, user.section.Options[index].Default)).ToList();
                markdown.Append($"| `{option.Name}` | {Cell(Defaults(defaults))} | {Cell(Code(option.Allowed))} | {Cell(option.Summary)} |\n");
            }
        }
        return markdown.ToString();
    }

    private static string Defaults(IReadOnlyList<(string Project, string Default)> defaults) =>
        defaults.DistinctBy(d => d.Default).Count() == 1
            ? Code(defaults[0].Default)
            : string.Join(", ", defaults.Select(d => $"{d.Project} {Code(d.Default)}"));

    private static string Code(string text) => text.Length == 0 ? "" : $"`{text}`";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
