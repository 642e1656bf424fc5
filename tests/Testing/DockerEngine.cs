using DotNet.Testcontainers.Configurations;

namespace Rearm.Streaming.Testing;

/// <summary>Whether containers can be started here.</summary>
public static class DockerEngine
{
    private static readonly Lazy<Task<bool>> Looking = new(LookAsync);

    /// <summary>True if a Docker engine answers.</summary>
    public static Task<bool> AnswersAsync() => Looking.Value;

    private static async Task<bool> LookAsync() => await Task.Run(() => TestcontainersSettings.OS.DockerEndpointAuthConfig is not null);
}
