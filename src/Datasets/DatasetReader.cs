namespace Rearm.Streaming.Datasets;

/// <summary>Reads data sets in any of the layouts: a folder of .npy files, MMRec's .inter, or a CSV file.</summary>
public static class DatasetReader
{
    private static readonly string[] CsvExtensions = [".csv", ".csv.gz"];

    /// <summary>Reads the data set at a path.</summary>
    /// <param name="path">A folder with train.npy (and valid.npy, test.npy) or with one NAME.inter, with feature files beside it; or a .inter, .csv or .csv.gz file.</param>
    /// <param name="columns">Needed for a CSV file: which columns hold what.</param>
    /// <exception cref="DatasetException">There is nothing of the kind, or it is damaged: says where and how.</exception>
    public static Dataset Read(string path, CsvColumns? columns = null)
    {
        if (Directory.Exists(path))
            return ReadFolder(path);
        if (!File.Exists(path))
            throw new DatasetException($"{path} does not exist.");
        if (path.EndsWith(InterDatasetReader.Extension, StringComparison.OrdinalIgnoreCase))
            return InterDatasetReader.Read(path);
        if (!CsvExtensions.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
            throw new DatasetException($"{path} is neither a folder nor a .inter, .csv or .csv.gz file.");
        return CsvDatasetReader.Read(path, columns ?? throw new DatasetException($"{path} is a CSV file: say which columns hold the users and the items (--user-column, --item-column)."));
    }

    /// <summary>The name of a data set: its folder's or file's, without the ending.</summary>
    internal static string NameOf(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        var ending = CsvExtensions.Append(InterDatasetReader.Extension).LastOrDefault(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return ending is null ? name : name[..^ending.Length];
    }

    private static Dataset ReadFolder(string folder)
    {
        if (File.Exists(Path.Combine(folder, NpyDatasetReader.TrainFile)))
            return NpyDatasetReader.Read(folder);
        return Directory.GetFiles(folder, "*" + InterDatasetReader.Extension) switch
        {
            [var file] => InterDatasetReader.Read(file),
            [] => throw new DatasetException($"{folder} has neither {NpyDatasetReader.TrainFile} nor a {InterDatasetReader.Extension} file."),
            var files => throw new DatasetException($"{folder} has {files.Length} {InterDatasetReader.Extension} files ({string.Join(", ", files.Select(Path.GetFileName))}); name one of them."),
        };
    }
}
