namespace Rearm.Streaming.Testing;

/// <summary>Data that is kept outside the repository, because nobody may pass it on: in a folder "shared" beside it, or beside a folder that it is in.</summary>
public static class SharedData
{
    /// <summary>The path of a file of it; null where it is not there.</summary>
    public static string? Find(params ReadOnlySpan<string> parts)
    {
        var path = Path.Combine([.. parts]);
        for (var folder = Directory.GetParent(Repository.Root); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", path) is var file && File.Exists(file))
                return file;
        return null;
    }
}
