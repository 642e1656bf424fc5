using Rearm.Streaming.Datasets.Csv;

namespace Rearm.Streaming.Datasets;

/// <summary>
/// Reads data sets in any of the layouts: a folder of .npy files, MMRec's or RecBole's .inter, or a file with delimited fields, alone or in a folder with
/// features.
/// </summary>
public static class DatasetReader
{
    private static readonly string[] CsvExtensions = [".csv", ".csv.gz", ".tsv", ".tsv.gz"];

    /// <summary>Reads the data set at a path.</summary>
    /// <param name="path">
    /// A folder with train.npy (and valid.npy, test.npy), with one NAME.inter, or with one .csv or .tsv file, gzipped or not, and feature files beside it;
    /// or a .inter, .csv or .tsv file. Features beside a .csv or .tsv file are read with the folder alone.
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
        if (!IsCsv(Existing(path)))
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
        string[] inter = [.. Directory.GetFiles(folder, "*" + InterDatasetReader.Extension).Order(StringComparer.Ordinal)];
        if (inter.Length > 0)
            return InterDatasetReader.Read(Only(inter, folder, ""), options);
        string[] logs = [.. Directory.GetFiles(folder).Where(IsCsv).Order(StringComparer.Ordinal)];
        if (logs.Length > 0)
            return CsvFolderReader.Read(folder, Only(logs, folder, ", which is read without features then, or keep one of them there"), options);
        throw new DatasetException(
            $"{folder} has neither {NpyDatasetReader.TrainFile} nor a {InterDatasetReader.Extension}, .csv or .tsv file. "
            + "Name the folder that has one, or a file.");
    }

    private static string Only(string[] files, string folder, string hint) => files is [var file]
        ? file
        : throw new DatasetException(
            $"{folder} has {files.Length} files that could hold the interactions ({string.Join(", ", files.Select(Path.GetFileName))}); "
            + $"name one of them{hint}.");

    private static bool IsCsv(string path) => CsvExtensions.Any(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase));
}
