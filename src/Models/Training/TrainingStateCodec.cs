using Rearm.Streaming.Contracts;
using Rearm.Streaming.Models.Evaluation;

namespace Rearm.Streaming.Models.Training;

/// <summary>
/// The file of a run under way: "RRUN", the layout version, which run it is, epoch, best epoch, seconds, the best epoch's metrics, the current and, if it is
/// another, the best checkpoint as in <see cref="CheckpointCodec"/>, and a checksum.
/// </summary>
public static class TrainingStateCodec
{
    private const string What = "state of a training run";
    private const int Version = 2;
    private static readonly byte[] Magic = "RRUN"u8.ToArray();

    /// <summary>Writes a file.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="run">Which run it is: whoever goes on with it must be the same one.</param>
    /// <param name="state">Its state.</param>
    public static void Write(Stream file, string run, TrainingState state) => ChecksummedFile.Write(file, Magic, Version, writer =>
    {
        writer.Write(run);
        writer.Write(state.Epoch);
        writer.Write(state.BestEpoch);
        writer.Write(state.Seconds);
        writer.Write(state.BestMetrics is not null);
        if (state.BestMetrics is { } metrics)
        {
            writer.Write(metrics.Recall10);
            writer.Write(metrics.Recall20);
            writer.Write(metrics.Ndcg10);
            writer.Write(metrics.Ndcg20);
        }
        CheckpointCodec.Write(writer, state.Current);
        writer.Write(ReferenceEquals(state.Best, state.Current));
        if (!ReferenceEquals(state.Best, state.Current))
            CheckpointCodec.Write(writer, state.Best);
    });

    /// <summary>Reads and verifies a file.</summary>
    /// <exception cref="ContractException">Not such a file, of an unknown version, truncated or damaged.</exception>
    public static (string Run, TrainingState State) Read(Stream file) => ChecksummedFile.Read(file, What, Magic, Version, reader =>
    {
        var run = reader.ReadString();
        var (epoch, bestEpoch, seconds) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadDouble());
        RankingMetrics? metrics = reader.ReadBoolean() ? new(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble()) : null;
        var current = CheckpointCodec.Read(reader);
        return (run, new TrainingState(epoch, bestEpoch, seconds, metrics, current, reader.ReadBoolean() ? current : CheckpointCodec.Read(reader)));
    });
}
