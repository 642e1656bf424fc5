using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using Google.Protobuf;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.Answers;

/// <summary>Where an answer ended, for the next page of the same request.</summary>
/// <param name="Generation">The generation it was made from; 0: none.</param>
/// <param name="Newest">The greatest offset of what the user had touched then, -1: nothing. What came later into the log changes nothing.</param>
/// <param name="Offset">How many items came before.</param>
/// <param name="Request">Which request it was.</param>
internal readonly record struct PageToken(long Generation, long Newest, int Offset, ulong Request)
{
    private const int Bytes = 28;

    /// <summary>What tells a request from others; not its page, nor how many items.</summary>
    /// <param name="request">Without these for the moment.</param>
    public static ulong Fingerprint(IMessage request)
    {
        var size = request.CalculateSize();
        var rented = ArrayPool<byte>.Shared.Rent(size);
        request.WriteTo(rented.AsSpan(0, size));
        var hash = XxHash3.HashToUInt64(rented.AsSpan(0, size));
        ArrayPool<byte>.Shared.Return(rented);
        return hash;
    }

    /// <summary>Reads a token of a request.</summary>
    /// <param name="text">As the client has it.</param>
    /// <param name="request">The request's <see cref="Fingerprint"/>.</param>
    /// <exception cref="InvalidRequestException">It is none, or another request's.</exception>
    public static PageToken Parse(string text, ulong request)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (text.Length > 2 * Bytes || !Base64Url.IsValid(text, out var length) || length != Bytes || !Base64Url.TryDecodeFromChars(text, bytes, out _))
            throw new InvalidRequestException("page_token: is not one that an answer gave; leave it empty for the first page");
        var token = new PageToken(
            BinaryPrimitives.ReadInt64LittleEndian(bytes), BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[20..]));
        if (token.Request != request || token.Offset is < 1 or >= Ask.MaxDepth)
            throw new InvalidRequestException("page_token: is of another request; only k may differ from page to page");
        return token;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, Generation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], Newest);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[16..], Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[20..], Request);
        return Base64Url.EncodeToString(bytes);
    }
}
