using System.Globalization;

namespace Rearm.Streaming.Datasets.Csv;

/// <summary>Reads a folder with one log of events and feature files beside it. Row i of a feature file is of the item whose id is i.</summary>
internal static class CsvFolderReader
{
    /// <summary>Reads the log and the features.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="file">The log in it.</param>
    /// <param name="options">How the log is read.</param>
    /// <returns>Ids are the log's own. Without features, what the log alone would be.</returns>
    /// <exception cref="DatasetException">A file is damaged, or there are feature files and an item's id is not the number of a row.</exception>
    public static Dataset Read(string folder, string file, ImportOptions options)
    {
        var log = CsvDatasetReader.Read(file, options) with { Name = DatasetReader.NameOf(folder) };
        if (FeatureFiles.Any(folder) is not { } first)
            return log;
        var notes = new List<string>(log.Notes);
        int[] rows = [.. log.ItemIds!.Select(id => Row(id, file, first))];
        var features = FeatureFiles.Read(folder, DenseIds.Count(rows), new HashSet<string>(), notes);
        if (features.Items is not { } items)
            return log with { Notes = notes };
        return log with
        {
            ItemCount = items,
            ItemIds = [.. Enumerable.Range(0, items).Select(row => row.ToString(CultureInfo.InvariantCulture))],
            Train = log.Train with { Items = Array.ConvertAll(log.Train.Items, item => rows[item]) },
            Features = features.Vectors,
            Tokens = features.Tokens,
            Notes = notes,
        };
    }

    // "007" is refused too: it would be sent on as "7".
    private static int Row(string id, string file, string features) =>
        int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var row) && row < int.MaxValue && row.ToString(CultureInfo.InvariantCulture) == id
            ? row
            : throw new DatasetException(
                $"{file} has an item \"{id}\", and row i of {features} beside it is item i. Name items by the numbers of their rows, "
                + "from 0, or give the file in place of the folder to read it without features.");
}
