using System.Buffers.Text;
using Rearm.Streaming.Server.Answers;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.UnitTests.Answers;

public class PageTokenTests
{
    private static readonly PageToken Token = new(3, 0x89abcdef, Interest.Session, 20, new(-0.5f, ulong.MaxValue), [1, 0x80000001], [7, 8, 9]);

    [Fact]
    public void Parse_WhatWasWritten_IsTheSame()
    {
        var token = PageToken.Parse(Token.Write(0xabcdef), 0xabcdef);

        Assert.Equal(Token with { MadeOf = token.MadeOf, Shown = token.Shown }, token);
        Assert.Equal(Token.MadeOf, token.MadeOf);
        Assert.Equal(Token.Shown, token.Shown);
    }

    [Fact]
    public void Write_RankingByScore_IsSmall() => Assert.Equal(52, (Token with { MadeOf = [], Shown = [] }).Write(1).Length);

    [Theory]
    [InlineData("x")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Parse_NoToken_IsRefused(string text) =>
        Assert.Contains("page_token: is not one", Assert.Throws<InvalidRequestException>(() => PageToken.Parse(text, 1)).Message);

    [Fact]
    public void Parse_OfAnotherRequest_IsRefused() =>
        Assert.Contains("of another request", Assert.Throws<InvalidRequestException>(() => PageToken.Parse(Token.Write(1), 2)).Message);

    [Fact]
    public void Parse_AnyByteChanged_IsRefused()
    {
        var bytes = Base64Url.DecodeFromChars(Token.Write(1));
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 0x10;
            Assert.Throws<InvalidRequestException>(() => PageToken.Parse(Base64Url.EncodeToString(bytes), 1));
            bytes[i] ^= 0x10;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(10_000)]
    public void Parse_CountThatNoAnswerEndsAt_IsRefused(int count) =>
        Assert.Throws<InvalidRequestException>(() => PageToken.Parse((Token with { Count = count }).Write(1), 1));

    [Fact]
    public void Parse_WhatNoAnswerWouldSay_IsRefused()
    {
        PageToken[] tokens = [
            Token with { Last = new(float.NaN, 1) }, Token with { Interest = (Interest)9 }, Token with { Shown = new uint[PageToken.MaxMarks + 1] }];
        foreach (var token in tokens)
            Assert.Throws<InvalidRequestException>(() => PageToken.Parse(token.Write(1), 1));
    }
}
