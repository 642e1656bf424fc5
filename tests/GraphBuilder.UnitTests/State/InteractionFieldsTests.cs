using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Rearm.Streaming.Contracts.Events;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.Testing.Shops;

namespace Rearm.Streaming.GraphBuilder.UnitTests.State;

public class InteractionFieldsTests
{
    private static readonly DateTimeOffset Written = ShopRecord.Now;

    [Fact]
    public void TryRead_PlainInteraction_GivesWhatTheParserGives()
    {
        var interaction = Plain();
        interaction.Weight = 2.5f;
        Assert.True(InteractionFields.TryRead(EventCodec.Write(interaction), Written.ToUnixTimeMilliseconds(), out var fields));
        Assert.Equal(("u-1", "item 7", "click", 2.5f), (Text(fields.UserId), Text(fields.ItemId), Text(fields.Type), fields.Weight));
        Assert.Equal(interaction.Time.ToDateTimeOffset().ToUnixTimeMilliseconds(), fields.Time);
    }

    [Fact]
    public void TryRead_AnyInteraction_NeverTakesWhatTheRulesRefuse() =>
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            for (var n = 0; n < 50; n++)
            {
                var interaction = Arbitrary(random);
                var value = EventCodec.Write(interaction);
                var plain = InteractionFields.TryRead(value, Written.ToUnixTimeMilliseconds(), out var fields);
                if (!plain)
                    continue;
                Assert.Null(EventRules.Check(interaction, Written));
                Assert.Equal((interaction.UserId, interaction.ItemId, interaction.Type), (Text(fields.UserId), Text(fields.ItemId), Text(fields.Type)));
                Assert.Equal(interaction.HasWeight ? interaction.Weight : 1, fields.Weight);
                Assert.Equal(interaction.Time.Seconds * 1000 + interaction.Time.Nanos / 1_000_000, fields.Time);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryRead_AnyByteChangedOrMissing_TakesNothingThatTheParserReadsOtherwise()
    {
        var value = EventCodec.Write(Plain());
        var written = Written.ToUnixTimeMilliseconds();
        for (var at = 0; at < value.Length; at++)
        {
            Assert.False(InteractionFields.TryRead(value.AsSpan(0, at), written, out _));
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = value.ToArray();
                damaged[at] ^= (byte)(1 << bit);
                if (!InteractionFields.TryRead(damaged, written, out var fields))
                    continue;
                var parsed = EventCodec.ReadInteraction(damaged).Interaction;
                Assert.Null(EventRules.Check(parsed, Written));
                Assert.Equal((parsed.UserId, parsed.ItemId, parsed.Type), (Text(fields.UserId), Text(fields.ItemId), Text(fields.Type)));
            }
        }
    }

    [Fact]
    public void TryRead_ErasureOrLaterVersion_IsLeftToTheParser()
    {
        Assert.False(InteractionFields.TryRead(EventCodec.Write(new UserErasure { EventId = "e", UserId = "u", Time = ShopRecord.At(1) }), 1, out _));
        Assert.False(InteractionFields.TryRead(new InteractionEvent { Version = 2, Interaction = Plain() }.ToByteArray(), Written.ToUnixTimeMilliseconds(), out _));
        Assert.False(InteractionFields.TryRead([], 1, out _));
    }

    private static Interaction Plain() => new() { EventId = "e-1", UserId = "u-1", ItemId = "item 7", Type = "click", Time = ShopRecord.At(1), SessionId = "s" };

    private static Interaction Arbitrary(Random random)
    {
        string Id(int most) => random.Next(6) switch
        {
            0 => "",
            1 => new string('x', random.Next(most + 3)),
            2 => "with\tcontrol",
            3 => "ünïcode",
            _ => $"id {random.Next()}",
        };
        var interaction = new Interaction
        {
            EventId = random.Next(4) > 0 ? "e" : Id(128),
            UserId = random.Next(4) > 0 ? "user" : Id(256),
            ItemId = random.Next(4) > 0 ? "item" : Id(256),
            Type = random.Next(4) switch { 0 => "Click", 1 => "", _ => "click" },
            SessionId = random.Next(2) > 0 ? "" : Id(256),
        };
        if (random.Next(2) > 0)
            interaction.Weight = random.Next(4) switch { 0 => 0, 1 => float.NaN, 2 => 1001, _ => random.NextSingle() };
        if (random.Next(6) > 0)
            interaction.Time = random.Next(5) switch
            {
                0 => new Timestamp { Seconds = -1 },
                1 => new Timestamp { Seconds = Written.AddHours(random.Next(20, 30)).ToUnixTimeSeconds() },
                2 => new Timestamp { Seconds = 5, Nanos = -1 },
                3 => new Timestamp(),
                _ => Timestamp.FromDateTimeOffset(Written.AddSeconds(-random.NextDouble() * 1e6)),
            };
        if (random.Next(8) == 0)
            interaction.Attributes["k"] = "v";
        return interaction;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
