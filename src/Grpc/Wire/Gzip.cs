using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The one message encoding there is besides <c>identity</c>.</summary>
internal static class Gzip
{
    public const string Name = "gzip";
    public const string Identity = "identity";
    public const string AcceptEncoding = "identity,gzip";

    public static bool IsSupported(string encoding) => encoding is Name or Identity;

    public static void Compress(ReadOnlySpan<byte> message, IBufferWriter<byte> destination, CompressionLevel level)
    {
        using var gzip = new GZipStream(new BufferWriterStream(destination), level);
        gzip.Write(message);
    }

    /// <summary>Decompresses no more than <paramref name="maxSize"/> bytes: a small message may unpack to an enormous one.</summary>
    public static void Decompress(in ReadOnlySequence<byte> compressed, PooledBufferWriter destination, int? maxSize)
    {
        using var gzip = new GZipStream(PipeReader.Create(compressed).AsStream(), CompressionMode.Decompress);
        try
        {
            while (true)
            {
                var read = gzip.Read(destination.GetSpan(4096));
                if (read == 0)
                    break;
                destination.Advance(read);
                if (destination.Length > maxSize)
                    throw Errors.ReceivedTooLarge(maxSize.Value);
            }
        }
        catch (InvalidDataException ex)
        {
            throw new RpcException(new Status(StatusCode.Internal, "The message's gzip data is corrupt.", ex));
        }
    }

    /// <summary>Lets a stream write into a buffer writer.</summary>
    private sealed class BufferWriterStream(IBufferWriter<byte> destination) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer) => destination.Write(buffer);
        public override void Write(byte[] buffer, int offset, int count) => destination.Write(buffer.AsSpan(offset, count));
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
