using System.Globalization;
using Rearm.Streaming.Contracts.Snapshots;

namespace Rearm.Streaming.Datasets;

/// <summary>A recommendation data set: who touched what, in up to three splits, and the items' vectors.</summary>
public sealed record Dataset
{
    /// <summary>The type of an interaction whose data does not name one.</summary>
    public const string DefaultType = "click";

    /// <summary>Unix milliseconds of 2020-01-01: when row 0 happened in data without times, and when every item was described.</summary>
    public const long Epoch = 1_577_836_800_000;

    /// <summary>The folder's or file's name; event ids begin with it.</summary>
    public required string Name { get; init; }

    /// <summary>Number of users; they are 0 to UserCount - 1.</summary>
    public required int UserCount { get; init; }

    /// <summary>Number of items; they are 0 to ItemCount - 1. Some may be in no interaction.</summary>
    public required int ItemCount { get; init; }

    /// <summary>The interactions to learn from.</summary>
    public required DatasetSplit Train { get; init; }

    /// <summary>The interactions to choose the epoch by; may be empty.</summary>
    public DatasetSplit Valid { get; init; } = DatasetSplit.Empty;

    /// <summary>The interactions to report on; may be empty.</summary>
    public DatasetSplit Test { get; init; } = DatasetSplit.Empty;

    /// <summary>The items' vectors, ItemCount rows each, modalities in ordinal order of name; may be none.</summary>
    public IReadOnlyList<ModalityFeatures> Features { get; init; } = [];

    /// <summary>
    /// The items' token sequences in those modalities that come with some; <see cref="Features"/> has the mean of each item's. For offline use alone.
    /// </summary>
    public IReadOnlyList<ModalityTokens> Tokens { get; init; } = [];

    /// <summary>The users' own ids, or null for the made-up u0, u1, ...</summary>
    public string[]? UserIds { get; init; }

    /// <summary>The items' own ids, or null for the made-up i0, i1, ...</summary>
    public string[]? ItemIds { get; init; }

    /// <summary>What was left out while reading, and why, one sentence each, to show to the user.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How the text file was understood; null for data that is not text.</summary>
    public ImportReport? Import { get; init; }

    /// <summary>The interactions of one split.</summary>
    public DatasetSplit this[Split split] => split switch
    {
        Split.Train => Train,
        Split.Valid => Valid,
        Split.Test => Test,
        _ => throw new ArgumentOutOfRangeException(nameof(split), split, "Train, Valid or Test."),
    };

    /// <summary>The external id of a user.</summary>
    public string UserId(int user) => UserIds?[user] ?? string.Create(CultureInfo.InvariantCulture, $"u{user}");

    /// <summary>The external id of an item.</summary>
    public string ItemId(int item) => ItemIds?[item] ?? string.Create(CultureInfo.InvariantCulture, $"i{item}");

    /// <summary>
    /// When a row happened, Unix milliseconds. Data without times gets one second per row from <see cref="Epoch"/> on, through train, valid
    /// and test, so that every replay and every offline run sees the same times.
    /// </summary>
    public long TimeOf(Split split, int row)
    {
        if (this[split].Times is { } times)
            return times[row];
        var before = split switch { Split.Train => 0, Split.Valid => Train.Count, _ => Train.Count + Valid.Count };
        return Epoch + (before + (long)row) * 1000;
    }

    /// <summary>What happened in a row.</summary>
    public string TypeOf(Split split, int row) => this[split].Types?[row] ?? DefaultType;
}
