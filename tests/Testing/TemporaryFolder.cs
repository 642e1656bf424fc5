namespace Rearm.Streaming.Testing;

/// <summary>A folder that is removed, with all it holds, when the test ends.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rearm-tests-");

    /// <summary>The folder's full path.</summary>
    public string Path => _folder.FullName;

    /// <summary>The path of a file in it, which need not exist.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a text file and returns its path.</summary>
    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    /// <summary>Removes it.</summary>
    public void Dispose() => _folder.Delete(recursive: true);
}
