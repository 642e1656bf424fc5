using System.IO.Compression;

namespace Rearm.Streaming.Datasets;

/// <summary>Opens text, gzipped if the name ends in .gz.</summary>
internal static class TextFile
{
    /// <exception cref="DatasetException">The file can't be opened.</exception>
    public static StreamReader Open(string path)
    {
        try
        {
            Stream file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            return new StreamReader(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{path} can't be read: {e.Message}", e);
        }
    }
}
