namespace Rearm.Streaming.Datasets;

/// <summary>How a text file was understood, to be shown before anything is done with it.</summary>
public sealed record ImportReport
{
    /// <summary>Rows of the file, without its header.</summary>
    public required int Rows { get; init; }

    /// <summary>The encoding's name.</summary>
    public required string Encoding { get; init; }

    /// <summary>What stands between fields.</summary>
    public required char Delimiter { get; init; }

    /// <summary>Whether the first line has the columns' names.</summary>
    public required bool HasHeader { get; init; }

    /// <summary>The columns that are used, and for what: "users", "items", "times", ...</summary>
    public required IReadOnlyList<(string Column, string Use)> Used { get; init; }

    /// <summary>The columns that are not used.</summary>
    public required IReadOnlyList<string> Unused { get; init; }

    /// <summary>The form the times have, e.g. "Unix seconds"; null if they are made up.</summary>
    public required string? TimeForm { get; init; }

    /// <summary>Why rows were left out on purpose, and how many.</summary>
    public IReadOnlyList<(string Reason, int Rows)> LeftOut { get; init; } = [];

    /// <summary>Rows that can't be used, by reason.</summary>
    public IReadOnlyList<(string Reason, int Rows)> Bad { get; init; } = [];

    /// <summary>The first of those, with line and reason.</summary>
    public IReadOnlyList<string> FirstBad { get; init; } = [];
}
