namespace Rearm.Streaming.Testing.Golden;

/// <summary>Where recorded cases are.</summary>
public static class GoldenFolder
{
    /// <summary>Every case in the folder the environment names, or in the tests' own; in ordinal order of name.</summary>
    /// <param name="variable">The environment's variable.</param>
    /// <param name="pattern">What the files are called.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static string[] Files(string variable, string pattern)
    {
        var folder = Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "Golden");
        string[] files = Directory.Exists(folder) ? [.. Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal)] : [];
        return files.Length > 0 ? files : throw new FileNotFoundException($"There is no {pattern} in {folder}; {variable} names another folder.");
    }
}
