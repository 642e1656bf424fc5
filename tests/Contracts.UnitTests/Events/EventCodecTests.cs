using Google.Protobuf;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests.Events;

public class EventCodecTests
{
    // Field 127, varint 1: a field that a newer writer might add.
    private static readonly byte[] UnknownField = [0xf8, 0x07, 0x01];

    [Fact]
    public void Read_WhatWriteWrote_IsTheSame()
    {
        var interaction = new Interaction { EventId = "e", UserId = "u", ItemId = "i", Type = "click", Weight = 2 };
        var item = new Item { EventId = "e", ItemId = "i", Features = { ["image"] = new FeatureVector { Values = { 1, 2 } } } };
        Assert.Equal(interaction, EventCodec.ReadInteraction(EventCodec.Write(interaction)).Interaction);
        Assert.Equal("u", EventCodec.ReadInteraction(EventCodec.Write(new UserErasure { UserId = "u" })).UserErasure.UserId);
        Assert.Equal(item, EventCodec.ReadItem(EventCodec.Write(item)).Item);
        Assert.Equal("i", EventCodec.ReadItem(EventCodec.Write(new ItemDeletion { ItemId = "i" })).ItemDeletion.ItemId);
    }

    [Fact]
    public void Read_UnknownField_IsIgnored()
    {
        Assert.Equal("u", EventCodec.ReadInteraction([.. EventCodec.Write(new Interaction { UserId = "u" }), .. UnknownField]).Interaction.UserId);
        Assert.Equal("i", EventCodec.ReadItem([.. EventCodec.Write(new Item { ItemId = "i" }), .. UnknownField]).Item.ItemId);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Read_UnknownVersion_NamesBoth(uint version)
    {
        var bytes = new InteractionEvent { Version = version, Interaction = new() }.ToByteArray();
        var e = Assert.Throws<ContractException>(() => EventCodec.ReadInteraction(bytes));
        Assert.Contains($"layout version {version}; this program reads version 1", e.Message);
        Assert.Throws<ContractException>(() => EventCodec.ReadItem(new ItemEvent { Version = version, Item = new() }.ToByteArray()));
        Assert.Throws<ContractException>(() => EventCodec.ReadDeadLetter(new DeadLetter { Version = version }.ToByteArray()));
    }

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(7, 1, true)]
    [InlineData(7, 2, false)]
    [InlineData(2, 0, false)]
    [InlineData(0, 1, false)]
    public void Read_NewerVersion_IsReadIfItsWriterSaysThatItCanBe(uint version, uint oldestReader, bool isRead)
    {
        var interaction = new InteractionEvent { Version = version, OldestReader = oldestReader, Interaction = new() { UserId = "u" } };
        var item = new ItemEvent { Version = version, OldestReader = oldestReader, Item = new() { ItemId = "i" } };
        if (isRead)
        {
            Assert.Equal("u", EventCodec.ReadInteraction([.. interaction.ToByteArray(), .. UnknownField]).Interaction.UserId);
            Assert.Equal("i", EventCodec.ReadItem([.. item.ToByteArray(), .. UnknownField]).Item.ItemId);
            return;
        }
        Assert.Throws<ContractException>(() => EventCodec.ReadInteraction(interaction.ToByteArray()));
        Assert.Throws<ContractException>(() => EventCodec.ReadItem(item.ToByteArray()));
    }

    [Fact]
    public void Read_NoEventOrNotProtobuf_IsRefused()
    {
        Assert.Contains("neither", Assert.Throws<ContractException>(() => EventCodec.ReadInteraction(new InteractionEvent { Version = 1 }.ToByteArray())).Message);
        Assert.Contains("neither", Assert.Throws<ContractException>(() => EventCodec.ReadItem(new ItemEvent { Version = 1 }.ToByteArray())).Message);
        Assert.Throws<ContractException>(() => EventCodec.ReadInteraction([0xff, 0xff]));
        Assert.Throws<ContractException>(() => EventCodec.ReadItem("hello"u8));
    }
}
