using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using Google.Protobuf;
using Rearm.Streaming.Server.Catalogue;
using Rearm.Streaming.Server.Ranking;
using Rearm.Streaming.ServiceDefaults.Errors;

namespace Rearm.Streaming.Server.Answers;

/// <summary>
/// Where an answer ended, for the next page of the same request. It holds all that the next page needs besides the request: Servers keep nothing, and any of
/// them can go on.
/// </summary>
/// <param name="Generation">The generation it was made from; 0: none.</param>
/// <param name="Items">The generation's <see cref="LoadedGeneration.ItemsHash"/>: marks are of its rows.</param>
/// <param name="Interest">What the ranking was made of; <see cref="Interest.None"/>: it is a list for everybody.</param>
/// <param name="Count">How many items came before, 1 to <see cref="Ask.MaxDepth"/> - 1.</param>
/// <param name="Last">The last of them, where items come by score alone; else <see cref="Cursor.Start"/>.</param>
/// <param name="MadeOf">The <see cref="ItemMark"/>s of the items that moved the user's vector, or that it was made of, in their order.</param>
/// <param name="Shown">Those of the items that came before, in their order; none where <paramref name="Last"/> says it all.</param>
internal sealed record PageToken(long Generation, uint Items, Interest Interest, int Count, Cursor Last, uint[] MadeOf, uint[] Shown)
{
    /// <summary>The most marks of each kind.</summary>
    public const int MaxMarks = 1000;

    // The checksum, the generation, the last item's score and hash, how many came before, how many marks are of MadeOf, the interest, the items.
    private const int GenerationAt = 8;
    private const int ScoreAt = 16;
    private const int HashAt = 20;
    private const int CountAt = 28;
    private const int MadeOfAt = 32;
    private const int InterestAt = 34;
    private const int ItemsAt = 35;
    private const int MarksAt = 39;
    private const int MaxBytes = MarksAt + 2 * MaxMarks * sizeof(uint);

    /// <summary>What tells a request from others.</summary>
    /// <param name="request">Without its page, and without how many items it asks for: these differ from page to page.</param>
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
        if (text.Length > Base64Url.GetEncodedLength(MaxBytes) || !Base64Url.IsValid(text, out var length))
            throw NoToken();
        if (length < MarksAt || (length - MarksAt) % sizeof(uint) != 0)
            throw NoToken();
        ReadOnlySpan<byte> bytes = Base64Url.DecodeFromChars(text);
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Checksum(bytes, request))
            throw new InvalidRequestException("page_token: is of another request; only k may differ from page to page");
        var marks = new uint[(length - MarksAt) / sizeof(uint)];
        for (var i = 0; i < marks.Length; i++)
            marks[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(MarksAt + i * sizeof(uint))..]);
        var (madeOf, score) = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[MadeOfAt..]), BinaryPrimitives.ReadSingleLittleEndian(bytes[ScoreAt..]));
        var (count, interest) = (BinaryPrimitives.ReadInt32LittleEndian(bytes[CountAt..]), (Interest)bytes[InterestAt]);
        if (madeOf > Math.Min(marks.Length, MaxMarks) || marks.Length - madeOf > MaxMarks)
            throw NoToken();
        if (float.IsNaN(score) || count is < 1 or >= Ask.MaxDepth || !Enum.IsDefined(interest))
            throw NoToken();
        return new(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[GenerationAt..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[ItemsAt..]), interest, count,
            new(score, BinaryPrimitives.ReadUInt64LittleEndian(bytes[HashAt..])), marks[..madeOf], marks[madeOf..]);
    }

    /// <summary>The token as clients have it.</summary>
    /// <param name="request">The request's <see cref="Fingerprint"/>.</param>
    public string Write(ulong request)
    {
        var bytes = new byte[MarksAt + (MadeOf.Length + Shown.Length) * sizeof(uint)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(GenerationAt), Generation);
        BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(ScoreAt), Last.Score);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(HashAt), Last.Hash);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(CountAt), Count);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(MadeOfAt), (ushort)MadeOf.Length);
        bytes[InterestAt] = (byte)Interest;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ItemsAt), Items);
        var at = MarksAt;
        foreach (var mark in (ReadOnlySpan<uint>)[.. MadeOf, .. Shown])
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), mark);
            at += sizeof(uint);
        }
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Checksum(bytes, request));
        return Base64Url.EncodeToString(bytes);
    }

    // With the request in it, so that it tells what is damaged and what is of another request alike.
    private static ulong Checksum(ReadOnlySpan<byte> bytes, ulong request) => XxHash3.HashToUInt64(bytes[GenerationAt..], unchecked((long)request));

    private static InvalidRequestException NoToken() => new("page_token: is not one that an answer gave; leave it empty for the first page");
}
