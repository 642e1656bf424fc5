using System.Buffers;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Reads length-prefixed messages from a pipe. One read at a time.</summary>
/// <param name="pipe">The body.</param>
/// <param name="maxSize">The largest message accepted, in bytes, before and after decompression; null for no limit.</param>
/// <param name="encoding">The body's grpc-encoding, if any.</param>
internal sealed class MessageReader(PipeReader pipe, int? maxSize, string? encoding) : DeserializationContext
{
    private ReadOnlySequence<byte> _payload;

    public override int PayloadLength => (int)_payload.Length;

    public override byte[] PayloadAsNewBuffer() => _payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => _payload;

    /// <summary>The next message, or null at the end of the body.</summary>
    public async ValueTask<T?> ReadAsync<T>(Func<DeserializationContext, T> deserialize, CancellationToken cancellationToken) where T : class
    {
        while (true)
        {
            var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (result.IsCanceled)
                throw new OperationCanceledException();
            if (Frame.TryReadHeader(buffer, out var flag, out var length))
            {
                CheckHeader(flag, length);
                if (buffer.Length >= Frame.HeaderSize + length)
                {
                    var payload = buffer.Slice(Frame.HeaderSize, length);
                    var message = Deserialize(payload, flag == 1, deserialize);
                    pipe.AdvanceTo(payload.End);
                    return message;
                }
            }
            if (result.IsCompleted)
            {
                var clean = buffer.IsEmpty;
                pipe.AdvanceTo(buffer.End);
                return clean ? null : throw Errors.Incomplete();
            }
            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>The one message of the body: neither none nor two.</summary>
    public async ValueTask<T> ReadSingleAsync<T>(Func<DeserializationContext, T> deserialize, CancellationToken cancellationToken) where T : class
    {
        var message = await ReadAsync(deserialize, cancellationToken).ConfigureAwait(false) ?? throw Errors.NoMessage();
        await ExpectEndAsync(cancellationToken).ConfigureAwait(false);
        return message;
    }

    /// <summary>Waits for the end of the body; anything before it is an error.</summary>
    public async ValueTask ExpectEndAsync(CancellationToken cancellationToken)
    {
        ReadResult result;
        do
        {
            result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var empty = result.Buffer.IsEmpty;
            pipe.AdvanceTo(result.Buffer.End);
            if (!empty)
                throw Errors.AdditionalData();
        }
        while (!result.IsCompleted);
    }

    private void CheckHeader(byte flag, uint length)
    {
        if (flag > 1)
            throw Errors.BadFlag(flag);
        if (length > (maxSize ?? int.MaxValue))
            throw Errors.ReceivedTooLarge(maxSize ?? int.MaxValue);
        if (flag == 0)
            return;
        if (encoding is null or Gzip.Identity)
            throw Errors.CompressedWithoutEncoding();
        if (encoding != Gzip.Name)
            throw Errors.UnsupportedEncoding(encoding);
    }

    private T Deserialize<T>(in ReadOnlySequence<byte> payload, bool compressed, Func<DeserializationContext, T> deserialize)
    {
        using var decompressed = compressed ? new PooledBufferWriter() : null;
        if (decompressed is not null)
            Gzip.Decompress(payload, decompressed, maxSize);
        _payload = decompressed is null ? payload : new ReadOnlySequence<byte>(decompressed.Written);
        try
        {
            return deserialize(this);
        }
        catch (Exception ex) when (ex is not RpcException)
        {
            throw new RpcException(new Status(StatusCode.Internal, $"The message could not be parsed: {ex.Message}", ex));
        }
        finally
        {
            _payload = default;
        }
    }
}
