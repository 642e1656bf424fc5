using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a deserializer finds a message's bytes.</summary>
public abstract class DeserializationContext
{
    /// <summary>The message's size in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>A copy of the bytes, which the deserializer owns.</summary>
    public abstract byte[] PayloadAsNewBuffer();

    /// <summary>The bytes themselves, valid only until the deserializer returns.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotImplementedException();
}
