using System.Buffers;
using System.IO.Compression;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>Writes length-prefixed messages into a buffer writer. One write at a time.</summary>
/// <param name="maxSize">The largest message sent, in bytes before compression; null for no limit.</param>
/// <param name="level">How hard gzip tries.</param>
internal sealed class MessageWriter(int? maxSize, CompressionLevel level = CompressionLevel.Fastest) : SerializationContext, IBufferWriter<byte>
{
    private IBufferWriter<byte> _destination = null!;
    private PooledBufferWriter? _scratch;
    private bool _compress;
    private bool _completed;
    private int? _announced;
    private int _written;

    /// <summary>Writes one message with its header.</summary>
    public void Write<T>(T message, Action<T, SerializationContext> serialize, IBufferWriter<byte> destination, bool compress)
    {
        (_destination, _compress, _completed, _announced, _written) = (destination, compress, false, null, 0);
        try
        {
            serialize(message, this);
            if (!_completed)
                throw new InvalidOperationException($"The serializer of {typeof(T)} did not call Complete.");
        }
        finally
        {
            _scratch?.Dispose();
            _scratch = null;
        }
    }

    public override void SetPayloadLength(int payloadLength)
    {
        CheckSize(payloadLength);
        _announced = payloadLength;
    }

    public override IBufferWriter<byte> GetBufferWriter()
    {
        // The header comes before the message: without a known length the message has to wait in a buffer.
        if (_compress || _announced is null)
            return _scratch ??= new();
        Frame.WriteHeader(_destination, _announced.Value, compressed: false);
        return this;
    }

    public override void Complete(byte[] payload) => WriteWhole(payload);

    public override void Complete()
    {
        if (_scratch is not null)
            WriteWhole(_scratch.Written.Span);
        else if (_announced != _written)
            throw new InvalidOperationException($"The serializer announced {_announced?.ToString() ?? "no"} bytes and wrote {_written}.");
        _completed = true;
    }

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint) => _destination.GetMemory(sizeHint);

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => _destination.GetSpan(sizeHint);

    void IBufferWriter<byte>.Advance(int count)
    {
        _destination.Advance(count);
        _written += count;
    }

    private void WriteWhole(ReadOnlySpan<byte> payload)
    {
        CheckSize(payload.Length);
        // An empty message stays as it is: GZipStream writes nothing for it, which other implementations refuse.
        if (_compress && !payload.IsEmpty)
        {
            using var compressed = new PooledBufferWriter();
            Gzip.Compress(payload, compressed, level);
            Frame.WriteHeader(_destination, compressed.Length, compressed: true);
            _destination.Write(compressed.Written.Span);
        }
        else
        {
            Frame.WriteHeader(_destination, payload.Length, compressed: false);
            _destination.Write(payload);
        }
        _completed = true;
    }

    private void CheckSize(int size)
    {
        if (size > maxSize)
            throw Errors.SendTooLarge(size, maxSize.Value);
    }
}
