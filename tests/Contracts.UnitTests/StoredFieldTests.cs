using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.UnitTests;

public class StoredFieldTests
{
    private static readonly byte[] s_message = new ItemLinks { Modality = "image", Counts = { 1, 300 }, Items = { ulong.MaxValue }, Values = { 1.5f } }.ToByteArray();

    [Theory]
    [InlineData(ItemLinks.ModalityFieldNumber, 5)]
    [InlineData(ItemLinks.CountsFieldNumber, 3)]
    [InlineData(ItemLinks.ItemsFieldNumber, 8)]
    [InlineData(ItemLinks.ValuesFieldNumber, 4)]
    public void Find_AField_IsBetweenTheOthers(int number, int length)
    {
        var (field, content) = StoredField.Find(s_message, number, "message");

        Assert.Equal(length, s_message[content].Length);
        Assert.Equal(field.End, content.End);
        // A tag and a length of a byte each.
        Assert.Equal(length + 2, s_message[field].Length);
        ItemLinks.Parser.ParseFrom([.. s_message[..field.Start], .. s_message[field.End..]]);
    }

    [Fact]
    public void Find_AfterNumbersOfEachKind_IsFound()
    {
        // Field 100 as a varint, of 8 bytes and of 4; then field 2.
        byte[] message = [0xa0, 0x06, 0xff, 0x01, 0xa1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, 0xa5, 0x06, 1, 2, 3, 4, 0x12, 0x02, 7, 9];

        Assert.Equal([7, 9], message[StoredField.Find(message, 2, "message").Content]);
    }

    [Fact]
    public void Find_FieldThatIsNotThere_IsEmptyAtTheEnd()
    {
        var (field, content) = StoredField.Find(s_message, 9, "message");

        Assert.Equal((s_message.Length..s_message.Length, s_message.Length..s_message.Length), (field, content));
    }

    [Theory]
    [InlineData(new byte[] { 0x12 })]
    [InlineData(new byte[] { 0x12, 0x05, 1, 2 })]
    [InlineData(new byte[] { 0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0x11, 1, 2, 3 })]
    [InlineData(new byte[] { 0x13 })]
    [InlineData(new byte[] { 0x80 })]
    public void Find_MalformedMessage_IsRefused(byte[] message) =>
        Assert.Contains("are not a message", Assert.Throws<ContractException>(() => StoredField.Find(message, 3, "message")).Message);
}
