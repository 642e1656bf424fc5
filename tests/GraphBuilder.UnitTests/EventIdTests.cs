using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Rearm.Streaming.GraphBuilder.UnitTests;

public class EventIdTests
{
    [Fact]
    public void LogMessages_OfTheGraphBuilder_HaveUniqueIdsFrom2001()
    {
        var ids = typeof(GraphBuilderHost).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>().Select(message => message.EventId).ToArray();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(ids, id => Assert.InRange(id, 2001, 2999));
    }
}
