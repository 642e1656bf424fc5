using Rearm.Streaming.Contracts;
using Rearm.Streaming.Datasets;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Progress;

/// <summary>Reads data sets, which may take long, and shows how far that is.</summary>
internal static class DatasetReading
{
    /// <inheritdoc cref="DatasetReader.Read"/>
    /// <param name="console">Shows it.</param>
    /// <param name="path">As <see cref="DatasetReader.Read"/> takes it.</param>
    /// <param name="options">How text is read; null for the defaults.</param>
    /// <param name="isCsv">Whether it is a file with delimited fields, whatever its name.</param>
    /// <param name="cancellation">Stops waiting for it.</param>
    public static Task<Dataset> ReadAsync(
        IAnsiConsole console, string path, ImportOptions? options = null, bool isCsv = false, CancellationToken cancellation = default) =>
        ProgressView.ShowAsync(console, progress => ReadAsync(path, options, progress, isCsv, cancellation));

    /// <inheritdoc cref="DatasetReader.Read"/>
    /// <param name="path">As <see cref="DatasetReader.Read"/> takes it.</param>
    /// <param name="options">How text is read; null for the defaults.</param>
    /// <param name="progress">Asked for the file; told of bytes read.</param>
    /// <param name="isCsv">Whether it is a file with delimited fields, whatever its name.</param>
    /// <param name="cancellation">Stops waiting for it: the reader itself, which asks nobody, is left to end with the process.</param>
    public static Task<Dataset> ReadAsync(
        string path, ImportOptions? options, ProgressOf? progress, bool isCsv = false, CancellationToken cancellation = default)
    {
        // What is no text tells nothing of how far it is.
        progress?.Invoke($"Reading {path}", "", 0);
        var told = (options ?? new()) with { Progress = progress };
        return Task.Run(() => isCsv ? DatasetReader.ReadCsv(path, told) : DatasetReader.Read(path, told), cancellation).WaitAsync(cancellation);
    }
}
