using Grpc.Core;

namespace Grpc.Wire;

/// <summary>The errors either side finds in messages.</summary>
internal static class Errors
{
    public static RpcException ReceivedTooLarge(int limit) =>
        Make(StatusCode.ResourceExhausted, $"Received message exceeds the maximum configured message size of {limit} bytes.");

    public static RpcException SendTooLarge(int size, int limit) =>
        Make(StatusCode.ResourceExhausted, $"Sending message of {size} bytes exceeds the maximum configured message size of {limit} bytes.");

    public static RpcException Incomplete() => Make(StatusCode.Internal, "Incomplete message.");

    // Not as many messages as the method takes: gRPC's statuscodes.md has UNIMPLEMENTED for a cardinality violation, on either side.
    public static RpcException NoMessage() => Make(StatusCode.Unimplemented, "The stream ended without the one message this method takes.");

    public static RpcException AdditionalData() => Make(StatusCode.Unimplemented, "Additional data after the one message this method takes.");

    public static RpcException BadFlag(byte flag) => Make(StatusCode.Internal, $"Unexpected compressed flag value in message header: {flag}.");

    public static RpcException CompressedWithoutEncoding() =>
        Make(StatusCode.Internal, "A message is flagged as compressed but grpc-encoding names no compression.");

    public static RpcException UnsupportedEncoding(string encoding) =>
        Make(StatusCode.Unimplemented, $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: {Gzip.AcceptEncoding}");

    private static RpcException Make(StatusCode code, string detail) => new(new Status(code, detail));
}
