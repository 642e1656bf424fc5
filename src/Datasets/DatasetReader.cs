using Rearm.Streaming.Datasets.Csv;

namespace Rearm.Streaming.Datasets;

/// <summary>Reads data sets in any of the layouts: a folder of .npy files, MMRec's or RecBole's .inter, or a file with delimited fields.</summary>
public static class DatasetReader
{
    private static readonly string[] CsvExtensions = [".csv", ".csv.gz", ".tsv", ".tsv.gz"];

    /// <summary>Reads the data set at a path.</summary>
    /// <param name="path">
    /// A folder with train.npy (and valid.npy, test.npy) or with one NAME.inter, with feature files beside it; or a .inter, .csv or .tsv file, the last
    /// two gzipped or not.
    /// </param>
    /// <param name="options">How text is read; null for the defaults.</param>
    /// <exception cref="DatasetException">There is nothing of the kind, or it is damaged: says where and how.</exception>
    public static Dataset Read(string path, ImportOptions? options = null)
    {
        options ??= new();
        if (Directory.Exists(path))
            return ReadFolder(path, options);
        if (path.EndsWith(InterDatasetReader.Extension, StringComparison.OrdinalIgnoreCase))
            return InterDatasetReader.Read(Existing(path), options);
        if (!CsvExtensions.Any(e => Existing(path).EndsWith(e, StringComparison.OrdinalIgnoreCase)))
            throw new DatasetException($"{path} is neither a folder nor a .inter, .csv or .tsv file. Rename it if it is one of these.");
        return CsvDatasetReader.Read(path, options);
    }

    /// <summary>Reads a file with delimited fields, whatever its name.</summary>
    /// <exception cref="DatasetException">It does not exist, or is damaged: says where and how.</exception>
    public static Dataset ReadCsv(string path, ImportOptions options) => CsvDatasetReader.Read(Existing(path), options);

    /// <summary>The name of a data set: its folder's or file's, without the ending.</summary>
    internal static string NameOf(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        var ending = CsvExtensions.Append(InterDatasetReader.Extension).LastOrDefault(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return ending is null ? name : name[..^ending.Length];
    }

    private static string Existing(string path) => File.Exists(path)
        ? path
        : throw new DatasetException($"{path} does not exist{(Path.IsPathRooted(path) ? "" : $" in {Environment.CurrentDirectory}")}. Correct the path.");

    private static Dataset ReadFolder(string folder, ImportOptions options)
    {
        if (File.Exists(Path.Combine(folder, NpyDatasetReader.TrainFile)))
            return NpyDatasetReader.Read(folder);
        return Directory.GetFiles(folder, "*" + InterDatasetReader.Extension) switch
        {
            [var file] => InterDatasetReader.Read(file, options),
            [] => throw new DatasetException(
                $"{folder} has neither {NpyDatasetReader.TrainFile} nor a {InterDatasetReader.Extension} file. "
                + "Name the folder that has one, or a file."),
            var files => throw new DatasetException($"{folder} has {files.Length} {InterDatasetReader.Extension} files ({string.Join(", ", files.Select(Path.GetFileName))}); name one of them."),
        };
    }
}
