using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Rearm.Streaming.ServiceDefaults;

/// <summary>
/// The log on standard output: a line per entry. Logging:Console:FormatterName=json makes each a JSON object, and Logging:Console:FormatterOptions
/// changes the rest.
/// </summary>
internal static class ConsoleLog
{
    private const string Options = "Logging:Console:FormatterOptions";

    public static void AddConsoleLog(this WebApplicationBuilder builder)
    {
        // As configuration, before all other sources: set in code they would override what is configured.
        ((IConfigurationBuilder)builder.Configuration).Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                [$"{Options}:{nameof(SimpleConsoleFormatterOptions.SingleLine)}"] = "true",
                [$"{Options}:{nameof(ConsoleFormatterOptions.UseUtcTimestamp)}"] = "true",
                [$"{Options}:{nameof(ConsoleFormatterOptions.TimestampFormat)}"] = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ",
            },
        });
        // In a line the space separates it from what follows.
        builder.Services.PostConfigure<JsonConsoleFormatterOptions>(json => json.TimestampFormat = json.TimestampFormat?.TrimEnd());
        builder.Logging.ClearProviders().AddConsole();
    }
}
