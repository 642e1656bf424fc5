using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Rearm.Streaming.ServiceDefaults.UnitTests;

public sealed class RawPathTests
{
    [Theory]
    [InlineData("/v1/items/x", "x")]
    [InlineData("/v1/items/x?event_id=a/b", "x")]
    [InlineData("/v1/items/a%2Fb/similar", "a/b")]
    [InlineData("/v1/items/a%252Fb", "a%2Fb")]
    [InlineData("/v1/items/a+b%20c", "a+b c")]
    [InlineData("/v1/items/%C3%9Cn%F0%9F%99%82", "Ün🙂")]
    [InlineData("/v1/items/a%3Fb", "a?b")]
    [InlineData("http://host/v1/items/x", "x")]
    [InlineData("http://host:7002/v1/items/a%2Fb?k=http://other/", "a/b")]
    [InlineData("/v1/users/../items/x", "x")]
    [InlineData("/v1/items/%2E%2e/./items/x", "x")]
    public void Segment_AnyTarget_IsTheOneThatRoutingMatched(string target, string expected)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;

        Assert.Equal(expected, RawPath.Segment(context, 2));
    }
}
