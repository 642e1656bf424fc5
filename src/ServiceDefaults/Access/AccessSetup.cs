using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Rearm.Streaming.ServiceDefaults.Access;

/// <summary>Registers API keys.</summary>
internal static class AccessSetup
{
    public static void AddAccess(this WebApplicationBuilder builder)
    {
        if (builder.Configuration[$"{AccessOptions.Section}:{nameof(AccessOptions.KeyFile)}"] is { Length: > 0 } path)
        {
            var file = new KeyFile(path);
            ((IConfigurationBuilder)builder.Configuration).Add(file);
            builder.Services.AddSingleton(file).AddSingleton<IValidateOptions<AccessOptions>>(file);
            builder.Services.AddHostedService<KeyFileWatch>();
        }
        // Bound once: an options monitor, which the start's validation makes, would throw at a later change that is not valid.
        builder.Services.AddOptions<AccessOptions>()
            .Configure<IConfiguration>((options, configuration) => Bind(configuration, options))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<AccessMetrics>();
        builder.Services.AddSingleton<AccessKeys>();
    }

    /// <summary>Fills options from the configuration as it is now.</summary>
    /// <exception cref="InvalidOperationException">It has a name or value that there is not.</exception>
    public static void Bind(IConfiguration configuration, AccessOptions options) =>
        configuration.GetSection(AccessOptions.Section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
}
