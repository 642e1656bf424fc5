using Google.Protobuf;

namespace Rearm.Streaming.Contracts;

/// <summary>Protobuf messages as Kafka and Redis hold them.</summary>
public static class StoredMessage
{
    /// <summary>Reads one.</summary>
    /// <param name="parser">Of its type.</param>
    /// <param name="bytes">As stored.</param>
    /// <param name="what">What it is, for the error, e.g. "list of trending items".</param>
    /// <exception cref="ContractException">Malformed.</exception>
    public static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes, string what) where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ContractException($"The {bytes.Length} bytes are not a {what}: {e.Message}", e);
        }
    }

    /// <summary>Adds what a further part of a message says.</summary>
    /// <inheritdoc cref="Parse"/>
    /// <param name="message">Takes it.</param>
    /// <param name="bytes">As stored: whole fields.</param>
    /// <param name="what">What it is, for the error.</param>
    public static void Merge(IMessage message, ReadOnlySpan<byte> bytes, string what)
    {
        try
        {
            message.MergeFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ContractException($"The {bytes.Length} bytes are not a {what}: {e.Message}", e);
        }
    }
}
