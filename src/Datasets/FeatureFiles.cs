using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Datasets;

/// <summary>
/// Finds the items' vectors beside the interactions: NAME_feat.npy, or any other .npy that holds a matrix of real numbers with a row per item. A
/// NAME_feat.npy of three dimensions holds token sequences (items x tokens x width), and NAME_mask.npy (items x tokens) says which tokens there are.
/// </summary>
internal static class FeatureFiles
{
    private const string Suffix = "_feat";
    private const string MaskSuffix = "_mask";
    private const string Extension = ".npy";

    /// <summary>The first file of a folder that may hold features; null if there is none.</summary>
    public static string? Any(string folder) => Files(folder).FirstOrDefault();

    /// <summary>Reads all feature files of a folder.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="items">Items named by the interactions: a file must have at least as many rows.</param>
    /// <param name="taken">File names that are not features.</param>
    /// <param name="notes">Receives what was left out.</param>
    /// <exception cref="DatasetException">A file is damaged, too short, has numbers that are not finite, or two disagree on the number of items.</exception>
    public static ItemFeatures Read(string folder, int items, IReadOnlySet<string> taken, List<string> notes)
    {
        var found = new SortedDictionary<string, (string Path, ModalityFeatures Vectors)>(StringComparer.Ordinal);
        var tokens = new SortedDictionary<string, ModalityTokens>(StringComparer.Ordinal);
        foreach (var path in Files(folder))
        {
            if (taken.Contains(Path.GetFileName(path)) || IsMask(path) || !IsFeatures(path, items, notes))
                continue;
            var name = ModalityName(path);
            var sequences = IsTokens(path) ? TokenFile.Read(path, Mask(path), name) : null;
            var vectors = sequences?.Means() ?? Vectors(path, name);
            if (vectors.Items < items)
                throw new DatasetException(
                    $"{path} has {vectors.Items} rows; the interactions name item {items - 1}, and row i is item i. "
                    + "Add the rows that are missing.");
            if (!found.TryAdd(name, (path, vectors)))
                throw new DatasetException($"{path} and {found[name].Path} are both modality \"{name}\"; rename one.");
            if (sequences is null)
                continue;
            tokens.Add(name, sequences);
            notes.Add(
                $"{Path.GetFileName(path)} has {sequences.PerItem} tokens an item: pmmrec reads them offline; other models, graphs and services take their mean.");
        }
        var all = found.Values.ToList();
        for (var i = 1; i < all.Count; i++)
            if (all[i].Vectors.Items != all[0].Vectors.Items)
                throw new DatasetException(
                    $"{all[i].Path} has {all[i].Vectors.Items} rows and {all[0].Path} has {all[0].Vectors.Items}; each needs one row per item.");
        return new([.. all.Select(f => f.Vectors)], [.. tokens.Values]);
    }

    /// <summary>Refuses vectors that are too wide, or have none.</summary>
    public static void RequireWidth(string path, int dimension)
    {
        if (dimension is 0 or > EventRules.MaxDimension)
            throw new DatasetException(
                $"{path} has vectors of {dimension} numbers; 1 to {EventRules.MaxDimension} are allowed. "
                + "Make them narrower, for instance by a projection.");
    }

    /// <summary>Refuses numbers that are not finite.</summary>
    /// <param name="path">Where they are from.</param>
    /// <param name="vectors">The numbers.</param>
    /// <param name="placeOf">What to call a row.</param>
    public static void RequireFinite(string path, ModalityFeatures vectors, Func<int, string> placeOf)
    {
        var values = new float[vectors.Dimension];
        for (var row = 0; row < vectors.Items; row++)
        {
            vectors.CopyRow(row, values);
            for (var column = 0; column < values.Length; column++)
                if (!float.IsFinite(values[column]))
                    throw new DatasetException(
                        $"{path} has {values[column]} at {placeOf(row)}, column {column}; all numbers must be finite in single precision. "
                        + "Correct it, or leave the file out.");
        }
    }

    private static IEnumerable<string> Files(string folder) => Directory.GetFiles(folder, $"*{Extension}").Order(StringComparer.Ordinal);

    private static ModalityFeatures Vectors(string path, string name)
    {
        var (dimension, rows) = NpyFile.ReadRows(path);
        RequireWidth(path, dimension);
        var vectors = new ModalityFeatures(name, dimension, rows);
        RequireFinite(path, vectors, row => $"row {row}");
        return vectors;
    }

    // Data sets come with other arrays as well (pickled dictionaries, id maps); a file whose name says that it holds features must hold them.
    private static bool IsFeatures(string path, int items, List<string> notes)
    {
        if (Stem(path).EndsWith(Suffix, StringComparison.Ordinal))
            return true;
        var header = NpyFile.ReadHeader(path);
        if (header.Type is "<f2" or "<f4" or "<f8" && header.Shape is [var rows, _] && rows >= items)
            return true;
        notes.Add($"{Path.GetFileName(path)} was left out: type {header.Type} and shape {header.ShapeText} are not those of a feature matrix.");
        return false;
    }

    private static bool IsTokens(string path) => Stem(path).EndsWith(Suffix, StringComparison.Ordinal) && NpyFile.ReadHeader(path).Shape.Length == 3;

    private static bool IsMask(string path) => Stem(path).EndsWith(MaskSuffix, StringComparison.Ordinal)
        && Beside(path, MaskSuffix, Suffix) is var features && File.Exists(features) && IsTokens(features);

    private static string? Mask(string path) => Beside(path, Suffix, MaskSuffix) is var mask && File.Exists(mask) ? mask : null;

    private static string Beside(string path, string suffix, string other) =>
        Path.Combine(Path.GetDirectoryName(path)!, $"{Stem(path)[..^suffix.Length]}{other}{Extension}");

    private static string Stem(string path) => Path.GetFileNameWithoutExtension(path);

    private static string ModalityName(string path)
    {
        var stem = Stem(path);
        var name = (stem.EndsWith(Suffix, StringComparison.Ordinal) ? stem[..^Suffix.Length] : stem).ToLowerInvariant();
        if (name.Length is 0 or > EventRules.MaxNameLength || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-'))
            throw new DatasetException($"{path} names modality \"{name}\"; 1 to {EventRules.MaxNameLength} of a-z, 0-9, '_' and '-' are needed. Rename the file.");
        return name;
    }
}
