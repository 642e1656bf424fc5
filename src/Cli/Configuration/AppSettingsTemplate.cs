using System.Text;

namespace Rearm.Streaming.Cli.Configuration;

/// <summary>
/// An appsettings.json with every option of a service: described, with its default, and commented out. So the file overrides nothing until
/// somebody edits it, and a default that changes with a new version is not held back by an old file.
/// </summary>
internal static class AppSettingsTemplate
{
    private const int Width = 140;

    public static string Write(ServiceConfiguration service)
    {
        var file = new StringBuilder();
        Comment(file, "", $"Settings of the {service.Project}. Each is shown with its default: to change one, remove the // before it.");
        Comment(file, "", "The environment (Section__Name) and flags (--Section:Name=value) win over this file. Written by: rearm config " + service.Name);
        file.Append("{\n");
        foreach (var section in service.Sections)
        {
            Comment(file, "  ", section.Summary);
            file.Append($"  \"{section.Name}\": {{\n");
            foreach (var option in section.Options)
            {
                Comment(file, "    ", option.Allowed.Length == 0 ? option.Summary : $"{option.Summary} Allowed: {option.Allowed}");
                file.Append($"    //\"{option.Name}\": {option.Default},\n");
            }
            file.Append("  },\n");
        }
        Comment(file, "  ", "What is logged, by category: Trace, Debug, Information, Warning, Error, Critical or None.");
        file.Append("  \"Logging\": {\n    \"LogLevel\": {\n      //\"Default\": \"Information\",\n    }\n  }\n}\n");
        return file.ToString();
    }

    private static void Comment(StringBuilder file, string indent, string text)
    {
        var line = $"{indent}//";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + 1 + word.Length > Width)
            {
                file.Append(line).Append('\n');
                line = $"{indent}//";
            }
            line += $" {word}";
        }
        file.Append(line).Append('\n');
    }
}
