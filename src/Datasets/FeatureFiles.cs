using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Datasets;

/// <summary>
/// Finds the items' vectors beside the interactions: NAME_feat.npy, or any other .npy that holds a matrix of real numbers with a row per item.
/// </summary>
internal static class FeatureFiles
{
    private const string Suffix = "_feat";

    /// <summary>The first file of a folder that may hold features; null if there is none.</summary>
    public static string? Any(string folder) => Files(folder).FirstOrDefault();

    /// <summary>Reads all feature files of a folder.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="items">Items named by the interactions: a file must have at least as many rows.</param>
    /// <param name="taken">File names that are not features.</param>
    /// <param name="notes">Receives what was left out.</param>
    /// <returns>Modalities in ordinal order of name, all with the same number of rows.</returns>
    /// <exception cref="DatasetException">A file is damaged, too short, has numbers that are not finite, or two disagree on the number of items.</exception>
    public static IReadOnlyList<ModalityFeatures> Read(string folder, int items, IReadOnlySet<string> taken, List<string> notes)
    {
        var found = new SortedDictionary<string, (string Path, ModalityFeatures Features)>(StringComparer.Ordinal);
        foreach (var path in Files(folder))
        {
            if (taken.Contains(Path.GetFileName(path)) || !IsFeatures(path, items, notes))
                continue;
            var name = ModalityName(path);
            var (dimension, rows) = NpyFile.ReadRows(path);
            if (rows.Length < items)
                throw new DatasetException(
                    $"{path} has {rows.Length} rows; the interactions name item {items - 1}, and row i is item i. "
                    + "Add the rows that are missing.");
            if (dimension is 0 or > EventRules.MaxDimension)
                throw new DatasetException(
                    $"{path} has vectors of {dimension} numbers; 1 to {EventRules.MaxDimension} are allowed. "
                    + "Make them narrower, for instance by a projection.");
            RequireFinite(path, dimension, rows);
            if (!found.TryAdd(name, (path, new ModalityFeatures(name, dimension, rows))))
                throw new DatasetException($"{path} and {found[name].Path} are both modality \"{name}\"; rename one.");
        }
        var all = found.Values.ToList();
        for (var i = 1; i < all.Count; i++)
            if (all[i].Features.Items != all[0].Features.Items)
                throw new DatasetException($"{all[i].Path} has {all[i].Features.Items} rows and {all[0].Path} has {all[0].Features.Items}; each needs one row per item.");
        return [.. all.Select(f => f.Features)];
    }

    private static IEnumerable<string> Files(string folder) => Directory.GetFiles(folder, "*.npy").Order(StringComparer.Ordinal);

    // Data sets come with other arrays as well (pickled dictionaries, id maps); a file whose name says that it holds features must hold them.
    private static bool IsFeatures(string path, int items, List<string> notes)
    {
        if (Path.GetFileNameWithoutExtension(path).EndsWith(Suffix, StringComparison.Ordinal))
            return true;
        var header = NpyFile.ReadHeader(path);
        if (header.Type is "<f2" or "<f4" or "<f8" && header.Shape is [var rows, _] && rows >= items)
            return true;
        notes.Add($"{Path.GetFileName(path)} was left out: type {header.Type} and shape {header.ShapeText} are not those of a feature matrix.");
        return false;
    }

    private static string ModalityName(string path)
    {
        var stem = Path.GetFileNameWithoutExtension(path);
        var name = (stem.EndsWith(Suffix, StringComparison.Ordinal) ? stem[..^Suffix.Length] : stem).ToLowerInvariant();
        if (name.Length is 0 or > EventRules.MaxNameLength || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-'))
            throw new DatasetException($"{path} names modality \"{name}\"; 1 to {EventRules.MaxNameLength} of a-z, 0-9, '_' and '-' are needed. Rename the file.");
        return name;
    }

    private static void RequireFinite(string path, int dimension, ItemVector[] rows)
    {
        var values = new float[dimension];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row].CopyTo(values);
            for (var column = 0; column < dimension; column++)
                if (!float.IsFinite(values[column]))
                    throw new DatasetException(
                        $"{path} has {values[column]} at row {row}, column {column}; all numbers must be finite in single precision. "
                        + "Correct it, or leave the file out.");
        }
    }
}
