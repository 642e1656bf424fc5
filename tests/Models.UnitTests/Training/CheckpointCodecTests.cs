using Rearm.Streaming.Contracts;
using Rearm.Streaming.Models.Training;

namespace Rearm.Streaming.Models.UnitTests.Training;

public class CheckpointCodecTests
{
    private static readonly ModelCheckpoint Checkpoint = new(["u", "ünï"], ["i"], [new("p", [2, 3], [1, 2, 3, 4, 5, 6]), new("scalar", [1], [0.5f])]);

    [Fact]
    public void Read_WhatWriteWrote_IsTheSame()
    {
        var read = CheckpointCodec.Read(CheckpointCodec.Write(Checkpoint));

        Assert.Equal(Checkpoint.UserIds, read.UserIds);
        Assert.Equal(Checkpoint.ItemIds, read.ItemIds);
        Assert.Equal(Checkpoint.Parameters.Select(p => p.Name), read.Parameters.Select(p => p.Name));
        Assert.Equal(Checkpoint.Parameters.Select(p => p.Shape), read.Parameters.Select(p => p.Shape));
        Assert.Equal(Checkpoint.Parameters.Select(p => p.Values), read.Parameters.Select(p => p.Values));
    }

    [Fact]
    public void Read_AnyByteChangedOrCutOff_IsRefused()
    {
        var file = CheckpointCodec.Write(Checkpoint);
        for (var position = 0; position < file.Length; position++)
        {
            file[position] ^= 1;
            Assert.Throws<ContractException>(() => CheckpointCodec.Read(file));
            file[position] ^= 1;
            Assert.Throws<ContractException>(() => CheckpointCodec.Read(file[..position]));
        }
    }
}
