namespace Rearm.Streaming.Models.Sequences;

/// <summary>
/// Some users' items side by side, oldest first: L inputs and the target of the last one, so W = L + 1 columns. An item is its row in the model's
/// table: 0 is padding on the left, i + 1 is item i.
/// </summary>
internal sealed class SequenceBatch
{
    private readonly int[] _rows;

    /// <param name="rows">Users x W.</param>
    /// <param name="width">W.</param>
    internal SequenceBatch(int[] rows, int width)
    {
        (_rows, Width, Users) = (rows, width, rows.Length / width);
        Distinct = [.. rows.Distinct().Order()];
        Places = Array.ConvertAll(rows, row => Array.BinarySearch(Distinct, row));
        var inputs = new List<int>();
        for (var user = 0; user < Users; user++)
            for (var column = 0; column < Length; column++)
                if (rows[user * width + column] != 0)
                    inputs.Add(user * Length + column);
        Inputs = [.. inputs];
    }

    /// <summary>B.</summary>
    internal int Users { get; }

    /// <summary>W.</summary>
    internal int Width { get; }

    /// <summary>L.</summary>
    internal int Length => Width - 1;

    /// <summary>Users x W.</summary>
    internal ReadOnlySpan<int> Rows => _rows;

    /// <summary>The different rows, ascending.</summary>
    internal int[] Distinct { get; }

    /// <summary>Where in <see cref="Distinct"/> each of <see cref="Rows"/> is.</summary>
    internal int[] Places { get; }

    /// <summary>The real inputs, each u * L + c; each has a target, u * W + c + 1.</summary>
    internal int[] Inputs { get; }

    /// <summary>The items of a user.</summary>
    internal ReadOnlySpan<int> RowsOf(int user) => _rows.AsSpan(user * Width, Width);

    /// <summary>Where in <see cref="Rows"/> the input is.</summary>
    internal int RowOf(int input) => input / Length * Width + input % Length;
}
