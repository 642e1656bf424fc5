namespace Rearm.Streaming.Testing;

/// <summary>The files of this repository, which tests run in.</summary>
public static class Repository
{
    /// <summary>Its root folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>The path of a file or folder in it.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The path of a project's output, of the same build configuration as the tests that run.</summary>
    public static string OutputOf(string project)
    {
        // artifacts/bin/IntegrationTests/release/ -> artifacts/bin/Server/release/
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name);
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rearm.Streaming.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"There is no Rearm.Streaming.sln above {AppContext.BaseDirectory}.");
        return folder.FullName;
    }
}
