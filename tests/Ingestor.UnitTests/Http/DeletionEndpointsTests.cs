using System.Net;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using Rearm.Streaming.Ingestor.UnitTests.Running;
using Rearm.Streaming.Testing.Kafka;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.Ingestor.UnitTests.Http;

public sealed class DeletionEndpointsTests(MockBroker broker) : IClassFixture<MockBroker>
{
    private static readonly FakeTimeProvider Clock = new(TestEvents.Time);

    [Fact]
    public async Task Delete_ItemAndUser_BecomeDeletionAndErasure()
    {
        await using var ingestor = await StartAsync();

        using var item = await ingestor.Http.DeleteAsync("/v1/items/a%20b?event_id=d1");
        using var user = await ingestor.Http.DeleteAsync("/v1/users/ann");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (item.StatusCode, user.StatusCode));
        var deletion = Assert.Single(broker.Items(ingestor.Prefix)).Event.ItemDeletion;
        Assert.Equal(("d1", "a b", Timestamp.FromDateTimeOffset(TestEvents.Time)), (deletion.EventId, deletion.ItemId, deletion.Time));
        Assert.Equal("ann", Assert.Single(broker.Interactions(ingestor.Prefix)).Event.UserErasure.UserId);
    }

    [Fact]
    public async Task Delete_UnusualId_ActsOnThatOne()
    {
        await using var ingestor = await StartAsync();
        string[] ids = ["a/b", "a%2Fb", "a?b&c=d+e", "Ünïcode 🙂"];

        foreach (var id in ids)
        {
            using var item = await ingestor.Http.DeleteAsync($"/v1/items/{Uri.EscapeDataString(id)}");
            using var user = await ingestor.Http.DeleteAsync($"/v1/users/{Uri.EscapeDataString(id)}?event_id=d1");
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (item.StatusCode, user.StatusCode));
        }

        Assert.Equal(ids.Order(), broker.Items(ingestor.Prefix).Select(r => r.Event.ItemDeletion.ItemId).Order());
        Assert.Equal(ids.Order(), broker.Interactions(ingestor.Prefix).Select(r => r.Event.UserErasure.UserId).Order());
    }

    private Task<RunningIngestor> StartAsync(params string[] flags) => RunningIngestor.StartAsync(broker, Clock, flags);
}
