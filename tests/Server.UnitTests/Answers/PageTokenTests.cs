using Rearm.Streaming.Server.Answers;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.UnitTests.Answers;

public class PageTokenTests
{
    [Fact]
    public void Parse_WhatWasWritten_IsTheSame()
    {
        var token = new PageToken(3, 1_767_322_800_000, 20, 0xabcdef);

        Assert.Equal(token, PageToken.Parse(token.ToString(), 0xabcdef));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Parse_NoToken_IsRefused(string text) =>
        Assert.Contains("page_token: is not one", Assert.Throws<InvalidRequestException>(() => PageToken.Parse(text, 1)).Message);

    [Fact]
    public void Parse_OfAnotherRequest_IsRefused() =>
        Assert.Contains("of another request", Assert.Throws<InvalidRequestException>(() => PageToken.Parse(new PageToken(3, 0, 20, 1).ToString(), 2)).Message);

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(int.MaxValue)]
    public void Parse_OffsetThatNoAnswerEndsAt_IsRefused(int offset) =>
        Assert.Throws<InvalidRequestException>(() => PageToken.Parse(new PageToken(3, 0, offset, 1).ToString(), 1));
}
