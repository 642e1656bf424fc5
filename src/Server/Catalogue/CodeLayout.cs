namespace Rearm.Streaming.Server.Catalogue;

/// <summary>
/// How codes lie in memory, so that a SIMD instruction takes them as they are, at any width: 16 rows make a block, and in a block comes first the
/// first group of 4 columns, row after row, then the next group. A block's rows and a row's groups are filled up, so no loop has a tail.
/// </summary>
internal static class CodeLayout
{
    /// <summary>Rows of a block.</summary>
    public const int BlockRows = 16;

    /// <summary>Columns of a group.</summary>
    public const int GroupColumns = 4;

    /// <summary>Bytes of a group in a block.</summary>
    public const int GroupBytes = BlockRows * GroupColumns;

    /// <summary>Blocks for so many rows.</summary>
    public static int Blocks(int rows) => (rows + BlockRows - 1) / BlockRows;

    /// <summary>Groups of a row: an even number, because kernels take two at a time.</summary>
    public static int Groups(int width) => (width + 2 * GroupColumns - 1) / (2 * GroupColumns) * 2;
}
