using System.Text;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>Records of a shop that never was: users alike, a few items with most of the clicks. The seed decides.</summary>
/// <param name="users">Number of users.</param>
/// <param name="items">Number of items.</param>
/// <param name="seed">Of what happens.</param>
internal sealed class SyntheticRecords(int users, int items, int seed)
{
    /// <summary>When the records are written, Unix milliseconds: later than all events.</summary>
    public const long Written = 1_800_000_000_000;

    private static readonly string[] Types = ["view", "click", "click", "cart", "purchase"];

    private readonly Random _random = new(seed);
    private long _events;

    /// <summary>An interaction of any user with some item, by number.</summary>
    public (int User, int Item) NextPair() => (_random.Next(users), (int)(items * Math.Pow(_random.NextDouble(), 2)));

    /// <summary>The same as a record of the interactions topic.</summary>
    public (byte[] Key, byte[] Value) Next()
    {
        var interaction = NextInteraction();
        return (Encoding.UTF8.GetBytes(interaction.UserId), EventCodec.Write(interaction));
    }

    /// <summary>The same as an event.</summary>
    public Interaction NextInteraction()
    {
        var (user, item) = NextPair();
        return new()
        {
            EventId = $"event-{_events++}",
            UserId = $"user-{user}",
            ItemId = $"item-{item}",
            Type = Types[_random.Next(Types.Length)],
            Time = new Timestamp { Seconds = 1_700_000_000 + _events / 100 },
        };
    }

    /// <summary>An item's description with one vector, as a record of the items topic.</summary>
    public (byte[] Key, byte[] Value) Describe(int item, int width)
    {
        var id = $"item-{item}";
        var vector = new FeatureVector();
        for (var d = 0; d < width; d++)
            vector.Values.Add(_random.NextSingle() - 0.5f);
        return (Encoding.UTF8.GetBytes(id), EventCodec.Write(new Item
        {
            EventId = $"event-{_events++}",
            ItemId = id,
            Time = new Timestamp { Seconds = 1_700_000_000 },
            Features = { ["image"] = vector },
            Categories = { $"category-{item % 100}" },
        }));
    }
}
