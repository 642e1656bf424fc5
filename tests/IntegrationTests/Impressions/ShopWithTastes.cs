using System.Text;
using Confluent.Kafka;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.Generations;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.IntegrationTests.Server.Fixtures;

namespace Rearm.Streaming.IntegrationTests.Impressions;

/// <summary>
/// A shop whose customers each like half of the items: of those they see they click six of ten they like, and one of twenty they don't. What a generation that
/// ranks what they like first is worth, and one that ranks it last, is known beforehand.
/// </summary>
internal sealed class ShopWithTastes(IProducer<byte[], byte[]> producer, string topic, int seed)
{
    public const double LikedClicks = 0.6;
    public const double OtherClicks = 0.05;

    private const int Items = 40;

    private readonly Random _random = new(seed);
    private int _events;

    /// <summary>A generation that ranks what each user likes first, or last.</summary>
    public static ModelGeneration Generation(int users, bool isRight) => TestModel.Of(
        [.. Enumerable.Range(0, Items).Select(i => ($"i{i}", new float[] { i % 2 == 0 ? 1 : -1, 0.01f * i }))],
        [.. Enumerable.Range(0, users).Select(u => ($"u{u}", new float[] { Likes($"u{u}", "i0") == isRight ? 1 : -1, 0.1f }))]);

    /// <summary>The user looks at an answer, and clicks.</summary>
    /// <returns>The items clicked.</returns>
    public async Task<int> LookAsync(string user, RecommendResponse answer)
    {
        var clicked = answer.Items.Where(item => _random.NextDouble() < (Likes(user, item.ItemId) ? LikedClicks : OtherClicks)).ToList();
        foreach (var item in clicked)
            await TouchAsync(user, item.ItemId);
        // What was not shown in answer to anything does not count, nor does an event that means nothing.
        await TouchAsync(user, $"elsewhere-{_events}");
        if (answer.Items.Except(clicked).FirstOrDefault() is { } seen)
            await TouchAsync(user, seen.ItemId, "impression");
        return clicked.Count;
    }

    private static bool Likes(string user, string item) => user[^1] % 2 == item[^1] % 2;

    private Task TouchAsync(string user, string item, string type = "click") => producer.ProduceAsync(topic, new()
    {
        Key = Encoding.UTF8.GetBytes(user),
        Value = EventCodec.Write(new Interaction
        {
            EventId = $"e{_events++}",
            UserId = user,
            ItemId = item,
            Type = type,
            Time = DateTime.UtcNow.ToTimestamp(),
        }),
    });
}
