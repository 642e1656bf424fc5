using Rearm.Streaming.Contracts;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Training;

public class CheckpointCodecTests
{
    private static readonly ModelCheckpoint Checkpoint = new(["u", "ünï"], ["i"], [new("p", [2, 3], [1, 2, 3, 4, 5, 6]), new("scalar", [1], [0.5f])])
    {
        Moments = [new("scalar", 7, [0.25f], [0.125f])],
        Description = new("rearm", new Dictionary<string, string> { ["rank"] = "3" }, "run 1", "abc"),
    };

    private static readonly TrainingState State = new(
        5, 3, 1.5, new(0.1, 0.2, 0.3, 0.4), Checkpoint, Checkpoint with { Parameters = [new("scalar", [1], [0.75f])] });

    [Fact]
    public void Read_WhatWriteWrote_IsTheSame() => AssertSame(Checkpoint, Read(Bytes(file => CheckpointCodec.Write(file, Checkpoint))));

    [Fact]
    public void Read_AnyByteChangedOrCutOff_IsRefused() => AssertRefusesDamage(Bytes(file => CheckpointCodec.Write(file, Checkpoint)), Read);

    [Fact]
    public void ReadState_WhatWriteWrote_IsTheSame()
    {
        var (run, state) = ReadState(Bytes(file => TrainingStateCodec.Write(file, "run 1", State)));

        Assert.Equal(("run 1", State.Epoch, State.BestEpoch, State.Seconds, State.BestMetrics), (run, state.Epoch, state.BestEpoch, state.Seconds, state.BestMetrics));
        AssertSame(State.Current, state.Current);
        AssertSame(State.Best, state.Best);
    }

    [Fact]
    public void ReadState_NotMeasuredAndTheBestIsTheNewest_IsTheSame()
    {
        var (_, state) = ReadState(Bytes(file => TrainingStateCodec.Write(file, "", State with { BestMetrics = null, Best = State.Current })));

        Assert.Null(state.BestMetrics);
        Assert.Same(state.Current, state.Best);
    }

    [Fact]
    public void ReadState_AnyByteChangedOrCutOff_IsRefused() => AssertRefusesDamage(Bytes(file => TrainingStateCodec.Write(file, "run 1", State)), ReadState);

    private static void AssertRefusesDamage<T>(byte[] file, Func<byte[], T> read)
    {
        for (var position = 0; position < file.Length; position++)
        {
            file[position] ^= 1;
            Assert.Throws<ContractException>(() => read(file));
            file[position] ^= 1;
            Assert.Throws<ContractException>(() => read(file[..position]));
        }
    }

    private static void AssertSame(ModelCheckpoint expected, ModelCheckpoint read)
    {
        Assert.Equal(expected.UserIds, read.UserIds);
        Assert.Equal(expected.ItemIds, read.ItemIds);
        Assert.Equal(expected.Parameters.Select(p => p.Name), read.Parameters.Select(p => p.Name));
        Assert.Equal(expected.Parameters.Select(p => p.Shape), read.Parameters.Select(p => p.Shape));
        Assert.Equal(expected.Parameters.Select(p => p.Values), read.Parameters.Select(p => p.Values));
        Assert.Equal(expected.Moments.Select(m => (m.Name, m.Steps)), read.Moments.Select(m => (m.Name, m.Steps)));
        Assert.Equal(expected.Moments.Select(m => m.Mean), read.Moments.Select(m => m.Mean));
        Assert.Equal(expected.Moments.Select(m => m.Square), read.Moments.Select(m => m.Square));
        Assert.Equal(expected.Description?.HyperParameters, read.Description?.HyperParameters);
        Assert.Equal(
            (expected.Description?.Model, expected.Description?.Run, expected.Description?.StartedFrom),
            (read.Description?.Model, read.Description?.Run, read.Description?.StartedFrom));
    }

    private static ModelCheckpoint Read(byte[] file) => CheckpointCodec.Read(new MemoryStream(file));

    private static (string Run, TrainingState State) ReadState(byte[] file) => TrainingStateCodec.Read(new MemoryStream(file));

    private static byte[] Bytes(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }
}
