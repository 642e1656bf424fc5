using Google.Protobuf;
using Rearm.Streaming.Contracts.Live;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Live;

public class PopularItemsCodecTests
{
    [Fact]
    public void Read_WhatWasDescribed_IsTheSameInOrder()
    {
        var read = PopularItemsCodec.Read(PopularItemsCodec.Describe([("b", 5), ("a", 2)]).ToByteArray());
        Assert.Equal(["b", "a"], read.ItemIds);
        Assert.Equal([5, 2], read.Users);
    }

    [Fact]
    public void Read_Invalid_SaysWhy()
    {
        Assert.Contains("The 1 bytes are not a list of popular items", Refusal([0xff]));
        Assert.Contains("layout version 2", Refusal(new PopularItems { Version = 2 }.ToByteArray()));
        Assert.Contains("1 ids and 0 counts", Refusal(new PopularItems { Version = 1, ItemIds = { "a" } }.ToByteArray()));
    }

    private static string Refusal(byte[] bytes) => Assert.Throws<ContractException>(() => PopularItemsCodec.Read(bytes)).Message;
}
