namespace Rearm.Streaming.Datasets;

/// <summary>Reads the .npy layout: train.npy, valid.npy and test.npy of shape [2, n] (users; items), and feature files.</summary>
internal static class NpyDatasetReader
{
    public const string TrainFile = "train.npy";
    private const string ValidFile = "valid.npy";
    private const string TestFile = "test.npy";
    private static readonly HashSet<string> SplitFiles = [TrainFile, ValidFile, TestFile];

    /// <summary>Reads a folder.</summary>
    /// <exception cref="DatasetException">A file is missing, damaged or of another shape.</exception>
    public static Dataset Read(string folder)
    {
        var notes = new List<string>();
        var train = ReadSplit(Path.Combine(folder, TrainFile));
        var valid = ReadOptional(folder, ValidFile, notes);
        var test = ReadOptional(folder, TestFile, notes);
        var items = DenseIds.Require(folder, "item", train.Items, valid.Items, test.Items);
        var features = FeatureFiles.Read(folder, items, SplitFiles, notes);
        return new Dataset
        {
            Name = DatasetReader.NameOf(folder),
            UserCount = DenseIds.Require(folder, "user", train.Users, valid.Users, test.Users),
            ItemCount = features.Items ?? items,
            Train = train,
            Valid = valid,
            Test = test,
            Features = features.Vectors,
            Tokens = features.Tokens,
            Notes = notes,
        };
    }

    private static DatasetSplit ReadOptional(string folder, string name, List<string> notes)
    {
        var path = Path.Combine(folder, name);
        if (File.Exists(path))
            return ReadSplit(path);
        notes.Add($"{name} is not there: that split is empty.");
        return DatasetSplit.Empty;
    }

    private static DatasetSplit ReadSplit(string path)
    {
        var (rows, columns, values) = NpyFile.ReadIntegers(path);
        if (rows != 2)
            throw new DatasetException($"{path} has shape ({rows}, {columns}); (2, n) is needed: users, then items.");
        var negative = Array.FindIndex(values, v => v < 0);
        if (negative >= 0)
            throw new DatasetException(
                $"{path} has {values[negative]} at row {negative / columns}, column {negative % columns}; ids are dense, from 0. "
                + "Number users and items anew.");
        return new DatasetSplit(values[..columns], values[columns..]);
    }
}
