using Google.Protobuf;
using Rearm.Streaming.Contracts.V1;

namespace Rearm.Streaming.Contracts.Events;

/// <summary>The values of Kafka records: protobuf envelopes with a version.</summary>
public static class EventCodec
{
    /// <summary>The layout version of all event envelopes.</summary>
    public const uint Version = 1;

    /// <summary>Reads the value of a record of the interactions topic.</summary>
    /// <exception cref="ContractException">Malformed, of an unknown version, or with no event in it.</exception>
    public static InteractionEvent ReadInteraction(ReadOnlySpan<byte> value)
    {
        var read = StoredMessage.Parse(InteractionEvent.Parser, value, nameof(InteractionEvent));
        RequireReadable("interaction event", read.Version, read.OldestReader);
        if (read.EventCase == InteractionEvent.EventOneofCase.None)
            throw new ContractException("The interaction event holds neither an interaction nor a user erasure.");
        return read;
    }

    /// <summary>Reads the value of a record of the items topic.</summary>
    /// <exception cref="ContractException">Malformed, of an unknown version, or with no event in it.</exception>
    public static ItemEvent ReadItem(ReadOnlySpan<byte> value)
    {
        var read = StoredMessage.Parse(ItemEvent.Parser, value, nameof(ItemEvent));
        RequireReadable("item event", read.Version, read.OldestReader);
        if (read.EventCase == ItemEvent.EventOneofCase.None)
            throw new ContractException("The item event holds neither an item nor an item deletion.");
        return read;
    }

    /// <summary>Reads the value of a record of the dead-letter topic.</summary>
    /// <exception cref="ContractException">Malformed or of an unknown version.</exception>
    public static DeadLetter ReadDeadLetter(ReadOnlySpan<byte> value)
    {
        var read = StoredMessage.Parse(DeadLetter.Parser, value, nameof(DeadLetter));
        ContractException.RequireVersion("dead letter", read.Version, Version);
        return read;
    }

    /// <summary>Reads the value of a record of the topic of impressions.</summary>
    /// <exception cref="ContractException">Malformed or of an unknown version.</exception>
    public static Impression ReadImpression(ReadOnlySpan<byte> value)
    {
        var read = StoredMessage.Parse(Impression.Parser, value, nameof(Impression));
        ContractException.RequireVersion("impression", read.Version, Version);
        return read;
    }

    /// <summary>The record value of an impression.</summary>
    public static byte[] Write(Impression impression)
    {
        impression.Version = Version;
        return impression.ToByteArray();
    }

    /// <summary>The record value of an interaction.</summary>
    public static byte[] Write(Interaction interaction) => new InteractionEvent { Version = Version, Interaction = interaction }.ToByteArray();

    /// <summary>The record value of a user erasure.</summary>
    public static byte[] Write(UserErasure erasure) => new InteractionEvent { Version = Version, UserErasure = erasure }.ToByteArray();

    /// <summary>The record value of an item.</summary>
    public static byte[] Write(Item item) => new ItemEvent { Version = Version, Item = item }.ToByteArray();

    /// <summary>The record value of an item deletion.</summary>
    public static byte[] Write(ItemDeletion deletion) => new ItemEvent { Version = Version, ItemDeletion = deletion }.ToByteArray();

    // A newer event may be readable all the same: its writer knows what is new in it.
    private static void RequireReadable(string thing, uint version, uint oldestReader)
    {
        if (version <= Version || oldestReader is 0 or > Version)
            ContractException.RequireVersion(thing, version, Version);
    }
}
